"""What the terminal shows: the command line and the Textual app. Draws; decides nothing."""

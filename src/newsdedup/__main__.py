"""`python -m newsdedup` is the command `newsdedup`."""

from newsdedup.cli.main import main

if __name__ == "__main__":
    main()

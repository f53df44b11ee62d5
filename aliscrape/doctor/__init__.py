"""`scrapy doctor`: check this machine and the site, and store nothing."""

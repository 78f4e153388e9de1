"""What a DonkeyCar pilot looks at on its own tub."""

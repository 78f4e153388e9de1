"""What is drawn over the video: action space, variables, help, reward charts."""

"""Pictures of weights, preferred stimuli, activation maps, saliency and clusters."""

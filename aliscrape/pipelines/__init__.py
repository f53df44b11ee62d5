"""Item pipelines, in the order of the settings. Items of product pages take the same way."""

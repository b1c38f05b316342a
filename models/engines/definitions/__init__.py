"""Application types: form, workflow, parameters and facts in one versioned definition, and the checks and actions it names."""

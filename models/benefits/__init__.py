"""Benefits of partners (specification part 03): here the Market Development Fund, its quotas, rules and definition.

Begin with `definitions/mdf.yaml`.
"""

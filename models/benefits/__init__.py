"""Benefits of partners: what they may request, by which rules, out of which quota (spec chapter 03, §7).

Begin with `definitions/mdf.yaml`, which is the Market Development Fund from the first draft to the money, and with
`rules.py`, which judges an application and a claim. Quotas and the gates of a partner are in `service.py`.
"""

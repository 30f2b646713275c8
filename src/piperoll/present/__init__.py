"""What is published and how it looks: the workbook model and its writers, charts, pages, and the linters of what
was written. This room knows no register: it takes titles, tables and words, and gives bytes.

* ``workbook``: the model. ``ods``, ``xlsx``, ``csvw``, ``htmltable``: its writers.
* ``charts``: SVG charts with their words. ``pages``: the HTML shell. ``words``: numbers and directions in words.
* ``lint``: the guidance's checklist on the files written.
"""

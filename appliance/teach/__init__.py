"""Teach me your PBX (R33): what `frontdesk teach` does with one line, two telephones and a person at them.

* `phones` - which numbers may be dialled for it, and no other (R35)
* `taught` - what it needs of a line, and of the person who helps
* `tonewatch`, `ear` - what is heard: a tone of any PBX, somebody, keys, a broken loop
* `measured` - a tone as it was measured, and whether the box would have known it
* `hands` - what is done: calling, flashing, dialling, and the ways back
* `flashsearch` - which length of the hook flash comes next
* `lesson` - the procedure, check by check
* `held` - the checks that are made while somebody is on hold
* `card` - what came of it, for people, for programs and for the settings
* `keeping` - what may be stored
"""

# The C side of context.py, for the scheduler.

cdef object variables_here()
cdef object lend(object variables)
cdef object take_back(object context)

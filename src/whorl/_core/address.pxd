# The C side of address.py, for the modules that receive addresses.
from whorl._core.linux cimport sockaddr_storage

cdef object python_address(sockaddr_storage* address)

# The C side of address.py, for the modules that receive addresses.
from whorl._core.linux cimport sockaddr_storage, socklen_t

cdef object python_address(sockaddr_storage* address)
cdef socklen_t kernel_address(object value, int family, sockaddr_storage* address) except? 0
cdef object own_name(object sock)
cdef object peer_name(object sock)

# C externs of Linux and CPython, nothing else.

from cpython.object cimport PyObject, PyTypeObject
from libc.stdint cimport uint32_t, uint64_t

cdef extern from "native.h" nogil:
    double monotonic "whorl_monotonic" ()

cdef extern from "native.h":
    int socket_fd "whorl_socket_fd" (object sock)
    int socket_family "whorl_socket_family" (object sock)
    int socket_type "whorl_socket_type" (object sock)
    int socket_proto "whorl_socket_proto" (object sock)
    int raise_pending "whorl_raise_pending" () except -1
    bint is_mine_alone "whorl_is_mine_alone" (object value)
    object referent "whorl_referent" (object reference)
    void fill_steps "whorl_fill_steps" (PyTypeObject* kind, void* send)
    void give "whorl_give" (object value, PyObject** slot)
    Py_ssize_t bytes_to_read "whorl_bytes_to_read" (int fd)
    bytes bytes_received "whorl_bytes_received" (int fd, Py_ssize_t most, int flags, Py_ssize_t* got)
    PyObject* refill "whorl_refill" (PyObject* kept, Py_ssize_t room, const char* start, Py_ssize_t size)
    tuple tuple_of "whorl_tuple_of" (PyObject** items, Py_ssize_t count)
    object bind_call_soon "whorl_bind_call_soon" (object loop, void* function)
    void is_called_as_method "whorl_is_called_as_method" (PyTypeObject* kind, size_t vectorcall_offset)
    object current_variables "whorl_current_variables" (object none)
    object swap_variables "whorl_swap_variables" (object context, object variables)
    bint context_is_used "whorl_context_is_used" (object context)
    Py_ssize_t context_size "sizeof(whorl_context)"

cdef extern from "Python.h":
    # Raw calls: NULL or -1 means that an exception is pending, which the caller hands on with raise_pending().
    PyObject* raw_call "whorl_call" (object callable, object args)
    int raw_context_exit "PyContext_Exit" (object context)
    int context_enter "PyContext_Enter" (object context) except -1
    int context_exit "PyContext_Exit" (object context) except -1
    Py_ssize_t argument_count "PyVectorcall_NARGS" (size_t count)
    Py_ssize_t references_to "Py_REFCNT" (object value)
    bint is_context "PyContext_CheckExact" (object value)
    object context_new "PyContext_New" ()
    object context_copy_current "PyContext_CopyCurrent" ()
    object context_copy "PyContext_Copy" (object context)
    # isinstance() by the real type alone: a mock, or one of our own faces, may claim another class.
    bint has_type "PyObject_TypeCheck" (object value, PyTypeObject* kind)
    int check_signals "PyErr_CheckSignals" () except -1
    int PYGEN_RETURN, PYGEN_NEXT
    const char* utf8 "PyUnicode_AsUTF8" (object text) except NULL
    int audit "PySys_Audit" (const char* event, const char* format, ...) except -1
    void drop "Py_XDECREF" (PyObject* value)

cdef extern from "string.h" nogil:
    void* memmem(const void* data, size_t size, const void* wanted, size_t wanted_size)

cdef extern from "errno.h" nogil:
    int errno
    int EAGAIN, EALREADY, EBADF, EINPROGRESS, ENOTCONN, ECONNABORTED, EEXIST, EINTR, EMFILE, ENFILE, ENOBUFS, ENOENT, ENOMEM, EPERM, EPROTO

cdef extern from "unistd.h" nogil:
    int close(int fd)
    ssize_t write(int fd, const void* data, size_t size)

cdef extern from "sys/epoll.h" nogil:
    ctypedef union epoll_data:
        uint64_t u64
    struct epoll_event:
        uint32_t events
        epoll_data data
    int epoll_create1(int flags)
    int epoll_ctl(int epfd, int op, int fd, epoll_event* event)
    int epoll_wait(int epfd, epoll_event* events, int most, int timeout)
    int EPOLL_CLOEXEC
    int EPOLL_CTL_ADD, EPOLL_CTL_DEL, EPOLL_CTL_MOD
    uint32_t EPOLLIN, EPOLLOUT, EPOLLERR, EPOLLHUP, EPOLLPRI, EPOLLRDHUP, EPOLLET

cdef extern from "sys/eventfd.h" nogil:
    int eventfd(unsigned int value, int flags)
    int EFD_CLOEXEC, EFD_NONBLOCK

cdef extern from "sys/uio.h" nogil:
    struct iovec:
        void* iov_base
        size_t iov_len

cdef extern from "sys/socket.h" nogil:
    ctypedef unsigned int socklen_t
    ctypedef unsigned short sa_family_t
    struct sockaddr:
        sa_family_t sa_family
    struct sockaddr_storage:
        sa_family_t ss_family
    struct msghdr:
        void* msg_name
        socklen_t msg_namelen
        iovec* msg_iov
        size_t msg_iovlen
        void* msg_control
        size_t msg_controllen
        int msg_flags
    ssize_t recv(int fd, void* data, size_t size, int flags)
    ssize_t recvfrom(int fd, void* data, size_t size, int flags, sockaddr* address, socklen_t* address_size)
    ssize_t send(int fd, const void* data, size_t size, int flags)
    ssize_t sendmsg(int fd, const msghdr* message, int flags)
    ssize_t sendto(int fd, const void* data, size_t size, int flags, const sockaddr* address, socklen_t address_size)
    int getsockname(int fd, sockaddr* address, socklen_t* address_size)
    int connect(int fd, const sockaddr* address, socklen_t address_size)
    int getsockopt(int fd, int level, int name, void* value, socklen_t* size)
    int getpeername(int fd, sockaddr* address, socklen_t* address_size)
    int setsockopt(int fd, int level, int name, const void* value, socklen_t size)
    int accept4(int fd, sockaddr* address, socklen_t* address_size, int flags)
    int SOL_SOCKET, SO_ERROR
    int AF_INET, AF_INET6, AF_UNIX, SOCK_STREAM, SOCK_NONBLOCK, SOCK_CLOEXEC, MSG_DONTWAIT, MSG_NOSIGNAL

cdef extern from "netinet/in.h" nogil:
    struct in_addr:
        uint32_t s_addr
    struct in6_addr:
        unsigned char s6_addr[16]
    struct sockaddr_in:
        sa_family_t sin_family
        unsigned short sin_port
        in_addr sin_addr
    struct sockaddr_in6:
        unsigned short sin6_port
        uint32_t sin6_flowinfo
        in6_addr sin6_addr
        uint32_t sin6_scope_id
    int IPPROTO_TCP
    unsigned short htons(unsigned short value)
    unsigned short ntohs(unsigned short value)
    uint32_t ntohl(uint32_t value)
    int INET6_ADDRSTRLEN

cdef extern from "arpa/inet.h" nogil:
    int inet_pton(int family, const char* text, void* address)
    const char* inet_ntop(int family, const void* address, char* text, socklen_t size)

cdef extern from "netinet/tcp.h" nogil:
    int TCP_NODELAY

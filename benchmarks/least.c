/* The limit of the rows of tasks: a ring of callbacks, and nothing else that a loop is for.
 *
 * No I/O, no clock, no handles, timers that never fire, no exceptions of callbacks: each is called in its context, in
 * order, until the loop is stopped. What is left are asyncio's own tasks and futures, so no loop that they run on can
 * cost less by much.
 * least.py makes an event loop of it.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdbool.h>

enum { PLACES = 1 << 16 }; /* more than any row has callbacks ready; one too many is a MemoryError */

typedef struct {
    PyObject_HEAD
    PyObject *task, *future, *options; /* asyncio's classes, and {"loop": this one} */
    bool halted;
    unsigned head, tail;
    struct callback { PyObject *callable, *arguments, *context; } ring[PLACES];
} Ring;

static int ring_init(Ring *self, PyObject *arguments, PyObject *Py_UNUSED(keywords))
{
    if (!PyArg_ParseTuple(arguments, "OO", &self->task, &self->future))
        return -1;
    Py_INCREF(self->task);
    Py_INCREF(self->future);
    self->options = Py_BuildValue("{sO}", "loop", self);
    return self->options == NULL ? -1 : 0;
}

static PyObject *ring_call_soon(Ring *self, PyObject *const *arguments, Py_ssize_t count, PyObject *names)
{
    if (self->tail - self->head == PLACES)
        return PyErr_NoMemory();
    struct callback *last = &self->ring[self->tail++ % PLACES];
    last->callable = Py_NewRef(arguments[0]);
    last->arguments = PyTuple_New(count - 1);
    for (Py_ssize_t i = 1; i < count; i++)
        PyTuple_SET_ITEM(last->arguments, i - 1, Py_NewRef(arguments[i]));
    last->context = names == NULL ? PyContext_CopyCurrent() : Py_NewRef(arguments[count]);
    Py_RETURN_NONE;
}

static PyObject *ring_run_once(Ring *self, PyObject *Py_UNUSED(nothing))
{
    self->halted = false;
    while (!self->halted && self->head != self->tail) {
        struct callback first = self->ring[self->head++ % PLACES];
        PyContext_Enter(first.context);
        PyObject *arguments = first.arguments;
        PyObject *result = PyObject_Vectorcall(
            first.callable, &PyTuple_GET_ITEM(arguments, 0), (size_t)PyTuple_GET_SIZE(arguments), NULL);
        PyContext_Exit(first.context);
        Py_DECREF(first.callable);
        Py_DECREF(first.arguments);
        Py_DECREF(first.context);
        if (result == NULL)
            return NULL;
        Py_DECREF(result);
    }
    if (!self->halted)
        return PyErr_Format(PyExc_RuntimeError, "nothing is ready, and this loop can't wait");
    Py_RETURN_NONE;
}

static PyObject *ring_halt(Ring *self, PyObject *Py_UNUSED(nothing))
{
    self->halted = true;
    Py_RETURN_NONE;
}

static PyObject *ring_time(Ring *Py_UNUSED(self), PyObject *Py_UNUSED(nothing))
{
    return PyFloat_FromDouble(0.0);
}

static PyObject *ring_call_at(Ring *self, PyObject *const *Py_UNUSED(arguments), Py_ssize_t Py_UNUSED(count),
    PyObject *Py_UNUSED(names))
{
    return Py_NewRef((PyObject *)self); /* who cancels its timer cancels nothing */
}

static PyObject *ring_cancel(Ring *Py_UNUSED(self), PyObject *Py_UNUSED(nothing))
{
    Py_RETURN_NONE;
}

static PyObject *ring_get_debug(Ring *Py_UNUSED(self), PyObject *Py_UNUSED(nothing))
{
    Py_RETURN_FALSE;
}

static PyObject *ring_create_task(Ring *self, PyObject *const *arguments, Py_ssize_t Py_UNUSED(count),
    PyObject *Py_UNUSED(names))
{
    PyObject *positional = PyTuple_Pack(1, arguments[0]);
    PyObject *task = PyObject_Call(self->task, positional, self->options);
    Py_DECREF(positional);
    return task;
}

static PyObject *ring_create_future(Ring *self, PyObject *Py_UNUSED(nothing))
{
    PyObject *positional = PyTuple_New(0);
    PyObject *future = PyObject_Call(self->future, positional, self->options);
    Py_DECREF(positional);
    return future;
}

#define WITH_NAMES METH_FASTCALL | METH_KEYWORDS
static PyMethodDef ring_methods[] = {
    {"call_soon", (PyCFunction)(void *)ring_call_soon, WITH_NAMES, NULL},
    {"create_task", (PyCFunction)(void *)ring_create_task, WITH_NAMES, NULL},
    {"create_future", (PyCFunction)(void *)ring_create_future, METH_NOARGS, NULL},
    {"time", (PyCFunction)(void *)ring_time, METH_NOARGS, NULL},
    {"call_at", (PyCFunction)(void *)ring_call_at, WITH_NAMES, NULL},
    {"cancel", (PyCFunction)(void *)ring_cancel, METH_NOARGS, NULL},
    {"get_debug", (PyCFunction)(void *)ring_get_debug, METH_NOARGS, NULL},
    {"halt", (PyCFunction)(void *)ring_halt, METH_NOARGS, NULL},
    {"_run_once", (PyCFunction)(void *)ring_run_once, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyTypeObject ring_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "least.Ring",
    .tp_basicsize = sizeof(Ring),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_methods = ring_methods,
    .tp_new = PyType_GenericNew,
    .tp_init = (initproc)ring_init,
};

static struct PyModuleDef least_module = {PyModuleDef_HEAD_INIT, .m_name = "least", .m_size = -1};

PyMODINIT_FUNC PyInit_least(void)
{
    PyObject *module = PyModule_Create(&least_module);
    if (module == NULL || PyModule_AddType(module, &ring_type) < 0)
        return NULL;
    return module;
}

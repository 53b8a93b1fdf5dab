/* The module itself: its functions by name, and how a Python object becomes a C array. */
#include "kernel.h"

void *array_of(Views *views, PyObject *object, Py_ssize_t itemsize, int writable, const char *name, Py_ssize_t *size) {
    static char nothing[16];
    if (views->count == MAX_VIEWS) {
        PyErr_SetString(PyExc_SystemError, "too many arrays in one call");
        return NULL;
    }
    Py_buffer *view = &views->view[views->count];
    if (PyObject_GetBuffer(object, view, writable ? PyBUF_C_CONTIGUOUS | PyBUF_WRITABLE : PyBUF_C_CONTIGUOUS) != 0) {
        return NULL;
    }
    views->count++;
    if (view->itemsize != itemsize) {
        PyErr_Format(PyExc_TypeError, "%s: items of %zd bytes, not of %zd", name, view->itemsize, itemsize);
        return NULL;
    }
    *size = view->len / itemsize;
    return *size ? view->buf : nothing;
}

void release_all(Views *views) {
    for (int i = 0; i < views->count; i++) {
        PyBuffer_Release(&views->view[i]);
    }
    views->count = 0;
}

static PyMethodDef functions[] = {
    {"compare_sentences", compare_sentences, METH_VARARGS, "Which sentences of two texts are one sentence."},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {{0, NULL}};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "newsdedup.kernel._compiled", NULL, 0, functions, slots, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__compiled(void) { return PyModuleDef_Init(&definition); }

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
    {"language_tally", language_tally, METH_VARARGS, NULL},
    {"plain_text", plain_text, METH_VARARGS, NULL},
    {"repeats_key", repeats_key, METH_VARARGS, NULL},
    {"run_hashes", run_hashes, METH_VARARGS, NULL},
    {"text_columns", text_columns, METH_VARARGS, NULL},
    {"text_content", text_content, METH_VARARGS, NULL},
    {"text_rows", text_rows, METH_VARARGS, NULL},
    {"text_spans", text_spans, METH_VARARGS, NULL},
    {"shingle_signatures", shingle_signatures, METH_VARARGS, NULL},
    {"passages", passages, METH_VARARGS, NULL},
    {"uniforms", uniforms, METH_VARARGS, NULL},
    {"place_terms", place_terms, METH_VARARGS, NULL},
    {"lower_rows", lower_rows, METH_VARARGS, NULL},
    {"band_pairs", band_pairs, METH_VARARGS, NULL},
    {"shared_values", shared_values, METH_VARARGS, NULL},
    {"agreements", agreements, METH_VARARGS, NULL},
    {"compare_pairs", (PyCFunction)(void (*)(void))compare_pairs, METH_FASTCALL, NULL},
    {"common_ground", (PyCFunction)(void (*)(void))common_ground, METH_FASTCALL, NULL},
    {"compare_sentences", compare_sentences, METH_VARARGS, "Which sentences of two texts are one sentence."},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {{0, NULL}};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "newsdedup.kernel._compiled", NULL, 0, functions, slots, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__compiled(void) { return PyModuleDef_Init(&definition); }

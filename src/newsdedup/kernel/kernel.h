/* What the files of the kernel share. Plain C99 and the limited API of Python 3.11: one wheel for every later Python. */
#ifndef NEWSDEDUP_KERNEL_H
#define NEWSDEDUP_KERNEL_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A hot loop built twice, for any processor and for one with AVX2; the right one is chosen when the module is loaded. */
#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__)
#define WIDE __attribute__((target_clones("avx2", "default")))
#else
#define WIDE
#endif

/* Views on the arrays of one call; release_all gives every one of them back. */
#define MAX_VIEWS 48
typedef struct {
    Py_buffer view[MAX_VIEWS];
    int count;
} Views;

/* The data of a C-contiguous array whose items have `itemsize` bytes; sets an error and returns NULL otherwise. The
   number of items goes to `*size`. An empty array gives a pointer that must not be followed. */
void *array_of(Views *views, PyObject *object, Py_ssize_t itemsize, int writable, const char *name, Py_ssize_t *size);
void release_all(Views *views);

/* language.c */
PyObject *language_tally(PyObject *module, PyObject *args);

/* plain.c */
PyObject *plain_text(PyObject *module, PyObject *args);
PyObject *repeats_key(PyObject *module, PyObject *args);

/* table.c */
PyObject *text_content(PyObject *module, PyObject *args);

/* text.c */
PyObject *run_hashes(PyObject *module, PyObject *args);
PyObject *text_spans(PyObject *module, PyObject *args);

/* words.c */
PyObject *text_columns(PyObject *module, PyObject *args);
PyObject *text_rows(PyObject *module, PyObject *args);

/* sketch.c, terms.c, join.c, shared.c */
PyObject *shingle_signatures(PyObject *self, PyObject *args);
PyObject *passages(PyObject *self, PyObject *args);
PyObject *uniforms(PyObject *self, PyObject *args);
PyObject *place_terms(PyObject *self, PyObject *args);
PyObject *lower_rows(PyObject *self, PyObject *args);
PyObject *band_pairs(PyObject *self, PyObject *args);
PyObject *shared_values(PyObject *self, PyObject *args);
PyObject *agreements(PyObject *self, PyObject *args);

/* The functions of the module, one room each. */
PyObject *compare_pairs(PyObject *module, PyObject *const *args, Py_ssize_t count);
PyObject *common_ground(PyObject *module, PyObject *const *args, Py_ssize_t count);

/* edits.c */
PyObject *compare_sentences(PyObject *self, PyObject *args);

#endif

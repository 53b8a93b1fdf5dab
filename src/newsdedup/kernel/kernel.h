/* What the files of the kernel share. Plain C99 and the limited API of Python 3.11: one wheel for every later Python. */
#ifndef NEWSDEDUP_KERNEL_H
#define NEWSDEDUP_KERNEL_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>

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

/* edits.c */
PyObject *compare_sentences(PyObject *self, PyObject *args);

#endif

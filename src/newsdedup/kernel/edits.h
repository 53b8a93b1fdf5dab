/* What edits.c, changes.c and likeness.c share. */
#ifndef NEWSDEDUP_EDITS_H
#define NEWSDEDUP_EDITS_H

#include "kernel.h"
#include <stddef.h>
#include <stdint.h>

uint64_t hash_words(const uint32_t *words, ptrdiff_t size);

/* A power of two of at least twice as many places as there are entries, so that a search soon meets a free one. */
size_t places_for(ptrdiff_t entries);

/* That many times -1, or NULL. */
int64_t *filled(size_t count);

/* Places of the words of one sentence: the first of each word by its hash, and from each place the next of its word. */
typedef struct {
    int64_t *first, *next;
    uint64_t *unmatched, *mask; /* one bit a place */
    size_t places;
} Workspace;

/* For sentences of up to `longest` words; to be freed even where it could not be made (0). */
int make_workspace(Workspace *space, ptrdiff_t longest);
void free_workspace(Workspace *space);

/* 2 L / (n + m) of two sentences, rounded as rapidfuzz does; what is surely under `least` may come out as -1. */
double likeness(Workspace *space, const uint32_t *one, ptrdiff_t n, const uint32_t *other, ptrdiff_t m, double least);

/* For each word of one sentence its place in the other, or -1, along the longest common subsequence that rapidfuzz's
   Indel.editops takes; 0 where memory is short. */
int match_words(Workspace *space, const uint32_t *one, ptrdiff_t n, const uint32_t *other, ptrdiff_t m,
                int32_t *matched);

/* A text in sentences; tokens in front of the first one belong to none. */
typedef struct {
    const uint32_t *words;
    Py_ssize_t size;
    const int64_t *first; /* token of each sentence */
    Py_ssize_t count;
    /* Of the content words. */
    const uint32_t *root;
    const uint8_t *fact;     /* 2 for a number, 1 for another fact */
    const int32_t *position; /* token, rising */
    Py_ssize_t contents;
    uint8_t *met; /* of each sentence, whether it has its counterpart */
} Text;

const uint32_t *words_of(const Text *text, Py_ssize_t sentence, Py_ssize_t *size);

/* What it takes to say where sentences differ. */
typedef struct {
    const Text *left, *right;
    const uint32_t *orders; /* words that put in order, sorted */
    Py_ssize_t order_count;
    Workspace space;
    int32_t *matched; /* with room for the words of a left sentence */
    PyObject *places; /* the list to add to */
} Places;

/* Adds the places where a sentence of the left and one of the right differ in something that may be told; 0 with an
   error set. */
int add_places(Places *places, int32_t a, int32_t b);

#endif

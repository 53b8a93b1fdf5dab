/* What edits.c and likeness.c share. */
#ifndef NEWSDEDUP_EDITS_H
#define NEWSDEDUP_EDITS_H

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

#endif

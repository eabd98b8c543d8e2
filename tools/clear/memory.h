/*
 * memory.h: memory of the command line itself. A command that cannot get a few kilobytes says so and ends with exit code 7;
 * the store needs no closing for that, it survives a process that ends anywhere.
 *
 * Owner     the caller; free().
 */
#ifndef CLEAR_MEMORY_H
#define CLEAR_MEMORY_H

#include <stddef.h>

/** `count` × `size` zeroed bytes. Never NULL. */
void *memory_take(size_t count, size_t size);

/** Grown to `count` × `size` bytes; contents kept. Never NULL. */
void *memory_grow(void *memory, size_t count, size_t size);

char *memory_text(const char *text);

/** printf into fresh memory. */
char *memory_print(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif

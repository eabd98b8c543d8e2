/*
 * utf8.h: reading UTF-8 that may be broken, and how many columns of a terminal a character takes.
 *
 * Threads   pure.
 */
#ifndef CLEAR_UTF8_H
#define CLEAR_UTF8_H

#include <stddef.h>
#include <stdint.h>

#define UTF8_REPLACEMENT 0xFFFDu

/**
 * First character of `text` (`size` > 0 bytes).
 *
 * @param[out] code  its code point; UTF8_REPLACEMENT for a byte that begins no well-formed character (overlong forms,
 *                   surrogates and values above U+10FFFF are not well-formed).
 * @return bytes it takes, 1..4; 1 for a broken byte.
 */
size_t utf8_next(const char *text, size_t size, uint32_t *code);

/** Columns on a terminal: 0 for combining marks, 2 for East Asian wide and full-width characters, else 1. */
unsigned utf8_width(uint32_t code);

/** Columns of a whole text, as table.c prints it (control characters and broken bytes count as 1). */
size_t utf8_text_width(const char *text);

#endif

/*
 * rules_lines.h: a rules folder as a set of lines, and what differs between two such sets.
 *
 * The order of rows in a CSV file and of keys in a section means nothing, so it is no change; a line of an INI file
 * carries its section ("[yangzhou-bus] match = *.txt").
 *
 * Owner     rules_lines_free().
 * Threads   pure.
 */
#ifndef CLEAR_RULES_LINES_H
#define CLEAR_RULES_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rules_line {
    char *file, *text;
    uint64_t number;             /* 1-based in its file */
    bool added;                  /* in a difference: only in the newer set */
};

struct rules_lines {
    struct rules_line *line;
    size_t count, space;
};

/** Add the lines of one file; blank lines are left out, line ends are LF or CRLF. */
void rules_lines_add(struct rules_lines *lines, const char *file, const uint8_t *data, size_t size);

/** One line standing for a whole file that is not text. */
void rules_lines_add_text(struct rules_lines *lines, const char *file, const char *text);

/** Lines of only one of the two, by file, line number, older first. Both arguments are sorted on the way. */
void rules_lines_compare(struct rules_lines *older, struct rules_lines *newer, struct rules_lines *out);

void rules_lines_free(struct rules_lines *lines);

#endif

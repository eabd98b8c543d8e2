/*
 * rows.h: what the engine's results look like as rows: one function a kind of thing.
 *
 * A zeroed thing makes a row with the right fields and empty values: the head of an empty list.
 * Names     the contract's, in the contract's order (interface.md "Results other programs rely on").
 */
#ifndef CLEAR_ROWS_H
#define CLEAR_ROWS_H

#include "clr.h"
#include "row.h"

void row_of_record(struct row *row, const struct clr_record *record);

/** @param info  the window's state, NULL when it is not known. */
void row_of_position(struct row *row, const struct clr_position *position, enum clr_level level, const struct clr_window_info *info);
void row_of_matrix(struct row *row, const struct clr_matrix_row *matrix);
void row_of_window(struct row *row, const struct clr_window_info *window);
void row_of_file(struct row *row, const struct clr_file_info *file);
void row_of_transfer(struct row *row, const struct clr_transfer *transfer);
void row_of_move(struct row *row, const struct clr_window_move *move);
void row_of_invariant(struct row *row, const struct clr_invariant *invariant);
void row_of_output(struct row *row, const struct clr_output *output);

/** A name in both languages; the stable text is the Chinese one, which is the official one. */
struct clr_term name_term(const struct clr_name *who);

/** The window's entry, NULL when it is not among them. */
const struct clr_window_info *window_find(const struct clr_window_info *windows, size_t count, uint8_t product, clr_day window);

/** "member", "participant", "region". */
const char *level_name(enum clr_level level);

/** Names of a set of reasons (or notes), joined by ';', in order of precedence. */
#define REASONS_TEXT_SIZE 1024
const char *reasons_text(uint64_t reasons, char text[REASONS_TEXT_SIZE]);
const char *notes_text(uint64_t reasons, char text[REASONS_TEXT_SIZE]);

#endif

/*
 * shown.h: a record as people and programs see it: masked, with names, in valid UTF-8.
 *
 * Threads   one.
 */
#ifndef CLR_QUERY_SHOWN_H
#define CLR_QUERY_SHOWN_H

#include "query/verdicts.h"
#include "store/files.h"
#include "store/store.h"

/** Longer texts of unknown codes are cut. */
#define CLR_SHOWN_CODE_SIZE 256

/** Remembers names, and owns the texts of the record it filled last. */
struct clr_shower {
    struct clr_store *store;
    bool unmask;
    struct {
        clr_party party;
        struct clr_name name;
    } known[256];
    char issuer[CLR_SHOWN_CODE_SIZE], acquirer[CLR_SHOWN_CODE_SIZE];
};
void clr_shower_init(struct clr_shower *shower, struct clr_store *store, bool unmask);

/** What every record has: id, file, verdicts, link, amount of what is not accepted. `file` stays borrowed. */
CLR_MUST_USE enum clr_status clr_show_verdict(struct clr_tx *tx, const struct clr_file *file, const struct clr_verdict_row *row,
                                              struct clr_record *out, struct clr_fault *fault);

/** The fields. Texts live until the next call. @param number  the card as read, for what a token cannot hold; may be empty. */
void clr_show_txn(struct clr_shower *shower, const struct clr_txn *txn, struct clr_bytes number, struct clr_record *out);

/** Name of a party; of an unknown code its value as read, in `text`. */
struct clr_name clr_show_party(struct clr_shower *shower, clr_party party, char text[CLR_SHOWN_CODE_SIZE]);

/** Put a window only where one is meant: where a record counts, or would when it is let through. */
void clr_show_window(const struct clr_verdict_row *row, clr_day window, struct clr_record *out);

/**
 * Bytes as printable UTF-8: control characters and what is no UTF-8 as "\xb5". Cut to fit, never inside a character.
 * @return `text`
 */
const char *clr_show_text(struct clr_bytes bytes, char *text, size_t size);

#endif

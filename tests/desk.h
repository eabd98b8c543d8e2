/*
 * desk.h: a small real store under literal rules, fed with literal taps and rows of moves. For tests of what is judged record by record.
 *
 * Parties   issuers card1 (cards 3131…), card2 (3132…); acquirers bus (merchant 1), metro (merchant 2); an agency, a centre hub. The
 *           second version of the rules adds the issuer card3 (3133…) and the acquirer taxi (merchant 3), lifts the amount limit from
 *           5,000 to 9,000 fen, and lets sender W accept codes that nobody can verify.
 * Fees      purchases 1 % of the amount, rounded per record, half to the issuer, a fifth to the centre.
 * Time      taps are of March 2026.
 */
#ifndef CLR_TESTS_DESK_H
#define CLR_TESTS_DESK_H

#include "clr.h"
#include "scratch.h"
#include "settle/reexamine.h"
#include "store/store.h"

#define DESK_TIME(text) clr_time_parse(clr_bytes_text(text))
#define DESK_DAY(text) clr_day_parse(clr_bytes_text(text))
#define DESK_COUNT(array) (sizeof(array) / sizeof *(array))
#define CARD1 "3131000000000001"
#define CARD2 "3132000000000002"
#define CARD3 "3133000000000003"
#define LOST "3131000000000666"               /* on the stop list from 2026-03-01 on */

/** A record of an xf160 file. */
struct tap {
    const char *card;
    unsigned merchant, counter, balance_fen, amount_fen;
    const char *time;                         /* "20260303080000" */
    bool gray;
    unsigned serial;                          /* SAM serial; 0: the counter */
    unsigned monthly;
    const char *tac;                          /* NULL: "1A2B3C4D" */
};

struct desk {
    struct clr_store *store;
    char path[PATH_MAX];
};

/** Make every folder of the test program here. Call from the group's set-up, after scratch_open(). */
void desk_use(const char *folder);

/** An empty store with the first rules. */
struct desk desk_open(const char *name);
/** Check the whole store (clr_verify, zero sums), close it. */
void desk_close(struct desk *desk);

/** Load the second version of the rules. */
void desk_rules2(struct desk *desk);

/** Take in a file of taps: its admission. The name begins with the sender: "X-a", "W-a". */
uint32_t desk_taps(struct desk *desk, const char *name, const char *stamp, const struct tap *tap, size_t count);

/** Take in a file of moves: `rows` without the header. */
uint32_t desk_moves(struct desk *desk, const char *name, const char *stamp, const char *rows);

/** The same, with its result; several files in one command. clr_ingest_result_free() */
enum clr_status desk_ingest(struct desk *desk, const char *const *paths, size_t count, const char *stamp, bool dry_run,
                            struct clr_ingest_result *out);
const char *desk_write_taps(const char *name, const struct tap *tap, size_t count);
const char *desk_write_moves(const char *name, const char *rows);

/** Reasons of a record now, "gray unknown-participant", "" when it counts; in one of eight turning buffers. */
const char *desk_says(struct desk *desk, uint32_t admission, uint64_t number);
/** What it repeats, conflicts with or was decided by, "r1-2", "" none: of the latest event, else as admitted. */
const char *desk_link(struct desk *desk, uint32_t admission, uint64_t number);
/** Remarks as a word. */
uint64_t desk_notes(struct desk *desk, uint32_t admission, uint64_t number);

/** Fen that payer owes payee in a window by a kind ("" window: all of them). */
clr_fen desk_owes(struct desk *desk, const char *window, const char *payer, const char *payee, enum clr_kind kind);
/** Net of a participant in a window ("" all). */
clr_fen desk_net(struct desk *desk, const char *window, const char *code);

/** Events so far. */
uint64_t desk_events(struct desk *desk);

/** Figures of a file; first or current. */
struct clr_figures desk_figures(struct desk *desk, uint32_t admission, bool first);

/** Re-examine as of a day, and commit. */
struct clr_reexamined desk_reexamine(struct desk *desk, const char *day);

/** Close every window up to a day, as a settlement does. */
void desk_close_windows(struct desk *desk, const char *day);

/** Compare reasons with what they should be, by the name of the case. */
void desk_expect(struct desk *desk, const char *name, uint32_t admission, uint64_t number, const char *reasons);

#endif

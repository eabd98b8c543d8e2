/*
 * reply_set.h: the records of one reply, together: a message and what it lists. Its records are judged one by one, but a sum is of all of them.
 *
 *     account result     message (head) · a line for each record it disputes
 *     dispute result     message (head) · for each package: a list · a line for each of its records
 *     clearing totals    message (head) · packages (number in the package 0) · dispute files (message id 0)
 *     confirmation       message (head)
 *
 * While its file is taken in, the set is collected from what was read before the first record is judged; later it is read from table move,
 * which has all but duplicates and what cannot be read at all.
 *
 * Threads   the command's thread.
 */
#ifndef CLR_SETTLE_REPLY_SET_H
#define CLR_SETTLE_REPLY_SET_H

#include "codec.h"
#include "settle/again.h"
#include "store/packages.h"

enum clr_reply_part_is { CLR_PART_HEAD, CLR_PART_LIST, CLR_PART_LINE };

struct clr_reply_part {
    uint64_t number;                        /* of the record in its file */
    enum clr_reply_part_is is;
    uint8_t reply;                          /* enum clr_reply */
    bool bad;                               /* it cannot be read: nothing of the reply is sure */
    bool keyed;                             /* `key` is a package's */
    bool repeats;                           /* a line before it in its list names the same record */
    bool has_amount;
    struct clr_package_key key;
    uint32_t trans_id;
    uint16_t result;
    uint32_t count, disputed;               /* as stated, UINT32_MAX none */
    clr_fen amount_fen;                     /* as stated */
    int64_t at_s;                           /* ProcessTime */
    uint64_t file_id;                       /* dispute file, 0 none */
};

struct clr_reply_set {
    uint32_t admission;
    struct clr_reply_part *part;
    size_t count, capacity;
    bool linked;                            /* `repeats` is known */
};
void clr_reply_set_free(struct clr_reply_set *set);

/** Before its file is judged: the next record of a reply that is being taken in. Records that are no replies are left out. */
CLR_MUST_USE enum clr_status clr_reply_collect(struct clr_again *again, uint32_t admission, uint64_t number, const struct clr_raw *raw);

/** The set of a file, collected or read; borrowed from `again` until the set of another file is asked for. */
CLR_MUST_USE enum clr_status clr_reply_set_get(struct clr_again *again, uint32_t admission, const struct clr_reply_set **out, struct clr_fault *fault);

/** Part of a record number, NULL when there is none. */
const struct clr_reply_part *clr_reply_part_of(const struct clr_reply_set *set, uint64_t number);
/** The message's own part; NULL when it cannot be read. */
const struct clr_reply_part *clr_reply_head(const struct clr_reply_set *set);
/** First part behind a list, and the end of what it lists. */
size_t clr_reply_list_end(const struct clr_reply_set *set, const struct clr_reply_part *list);
/** Is any part unreadable? */
bool clr_reply_is_broken(const struct clr_reply_set *set);

#endif

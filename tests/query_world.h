/*
 * query_world.h: a small store of literal yz316 records under the Jiangsu rules, one for nearly every reason, and moves about them. For tests of
 * what shows records: records and why.
 */
#ifndef CLR_TESTS_QUERY_WORLD_H
#define CLR_TESTS_QUERY_WORLD_H

#include "clr.h"
#include "scratch.h"

#define QUERY_FILE "yz316-yangzhou-1.txt"
#define QUERY_AGAIN "yz316-yangzhou-2.txt"
#define QUERY_MOVES "moves-yangzhou-1.csv"
#define QUERY_CARD "3131200000000012340"

struct query_row {
    const char *name;
    uint64_t reasons;                    /* when admitted, without notes */
    unsigned link;                       /* number of the record of the file it points at, 0 none */
    const char *rule;                    /* of the line of the account that fails; NULL none */
    struct { unsigned at; const char *text; } field[5];
};
extern const struct query_row query_rows[];
extern const unsigned query_row_count;

/** The first line of the file is its header; record n is line n of this. @return its bytes with the line end */
size_t query_record(unsigned number, char record[320]);
/** Offset of a record in the file. */
uint64_t query_offset(unsigned number);

/** Every file of these functions lies in this folder: the test's own scratch folder. */
void query_use(const char *folder);

/** Make the store in `name` and leave it open: the file (r1), its first record sent again (r2), moves (r3), r1-17 decided by a person. */
struct clr_store *query_store(const char *name, enum clr_archive_mode archive, const struct clr_store_options *options);

/** Take in one file. */
void query_ingest(struct clr_store *store, const char *path, enum clr_archive_mode archive);

#endif

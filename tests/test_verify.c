/* Verify finds every kind of damage, survives any; the audit log and backups on the side. */
#include "settle/position.h"
#include "store/events.h"
#include "store/store.h"
#include "store_world.h"

/* A fresh copy of the world; the one before it goes. */
static struct clr_store *fresh_copy(void)
{
    const char *const path = scratch_path("copy");
    nftw(path, scratch_remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    world_copy("world", "copy");
    return world_open("copy");
}

static struct clr_verify_report report;

static bool says(const char *text)
{
    for (size_t i = 0; i < report.problem_count && i < sizeof report.problem / sizeof *report.problem; i++) {
        assert_true(report.problem[i].zh[0] != '\0');
        if (strstr(report.problem[i].en, text) != NULL) return true;
    }
    return false;
}

static void expect_damage(struct clr_store *store, const char *what, const char *text)
{
    struct clr_fault fault = { 0 };
    if (clr_verify(store, &report, &fault) != CLR_DAMAGED) fail_msg("%s: not found", what);
    if (text != NULL && !says(text)) fail_msg("%s: no problem says \"%s\"; the first: %s", what, text, report.problem[0].en);
    assert_true(fault.zh[0] != '\0');
}

static void expect_clean(struct clr_store *store, const char *what)
{
    struct clr_fault fault = { 0 };
    const enum clr_status status = clr_verify(store, &report, &fault);
    for (size_t i = 0; i < report.problem_count && i < 32; i++) print_message("  %s\n", report.problem[i].en);
    if (status != CLR_OK) fail_msg("%s: %s", what, fault.en);
    assert_int_equal(report.problem_count, 0);
}

static void clean_store(void **state)
{
    (void)state;
    struct clr_store *const store = world_open("world");
    expect_clean(store, "clean");
    assert_int_equal(report.files, 3);
    assert_int_equal(report.records, WORLD_RECORDS + WORLD_RECORDS / 2 + 7);
    if (report.runs < 3 || report.values <= 100) fail_msg("%llu runs, %llu values", (unsigned long long)report.runs, (unsigned long long)report.values);
    clr_store_close(store);
}

/* The very file of the store, changed underneath it. */
static void change_raw(struct clr_store *store, int (*change)(MDB_txn *txn, MDB_dbi dbi, MDB_cursor *cursor, MDB_val *key, MDB_val *value), enum clr_table table)
{
    MDB_txn *txn;
    MDB_cursor *cursor;
    MDB_val key, value;
    uint8_t key_bytes[512];
    assert_int_equal(mdb_txn_begin(store->env.env, NULL, 0, &txn), 0);
    assert_int_equal(mdb_cursor_open(txn, store->env.dbi[table], &cursor), 0);
    assert_int_equal(mdb_cursor_get(cursor, &key, &value, MDB_LAST), 0);
    memcpy(key_bytes, key.mv_data, key.mv_size);
    key.mv_data = key_bytes;
    uint8_t *const value_bytes = malloc(value.mv_size + 1);
    assert_non_null(value_bytes);
    memcpy(value_bytes, value.mv_data, value.mv_size);
    value.mv_data = value_bytes;
    assert_int_equal(change(txn, store->env.dbi[table], cursor, &key, &value), 0);
    mdb_cursor_close(cursor);
    assert_int_equal(mdb_txn_commit(txn), 0);
    free(value_bytes);
}

static int flip_value(MDB_txn *txn, MDB_dbi dbi, MDB_cursor *cursor, MDB_val *key, MDB_val *value)
{
    (void)cursor;
    ((uint8_t *)value->mv_data)[value->mv_size / 2] ^= 4;
    return mdb_put(txn, dbi, key, value, 0);
}

static int flip_trailer(MDB_txn *txn, MDB_dbi dbi, MDB_cursor *cursor, MDB_val *key, MDB_val *value)
{
    (void)cursor;
    ((uint8_t *)value->mv_data)[value->mv_size - 1] ^= 128;
    return mdb_put(txn, dbi, key, value, 0);
}

static int flip_key(MDB_txn *txn, MDB_dbi dbi, MDB_cursor *cursor, MDB_val *key, MDB_val *value)
{
    (void)cursor;
    const int code = mdb_del(txn, dbi, key, NULL);
    ((uint8_t *)key->mv_data)[key->mv_size - 1] ^= 1;
    return code != 0 ? code : mdb_put(txn, dbi, key, value, 0);
}

static int delete_value(MDB_txn *txn, MDB_dbi dbi, MDB_cursor *cursor, MDB_val *key, MDB_val *value)
{
    (void)cursor;
    (void)value;
    return mdb_del(txn, dbi, key, NULL);
}

static int add_value(MDB_txn *txn, MDB_dbi dbi, MDB_cursor *cursor, MDB_val *key, MDB_val *value)
{
    (void)cursor;
    ((uint8_t *)key->mv_data)[key->mv_size / 2] ^= 64;
    return mdb_put(txn, dbi, key, value, MDB_NOOVERWRITE);
}

static bool table_is_empty(struct clr_store *store, enum clr_table table)
{
    MDB_txn *txn;
    MDB_stat stat;
    assert_int_equal(mdb_txn_begin(store->env.env, NULL, MDB_RDONLY, &txn), 0);
    assert_int_equal(mdb_stat(txn, store->env.dbi[table], &stat), 0);
    mdb_txn_abort(txn);
    return stat.ms_entries == 0;
}

static void every_table(void **state)
{
    static const struct { const char *name; int (*change)(MDB_txn *, MDB_dbi, MDB_cursor *, MDB_val *, MDB_val *); } changes[] = {
        { "bit of a value", flip_value }, { "bit of a trailer", flip_trailer }, { "bit of a key", flip_key }, { "value lost", delete_value }, { "value added", add_value },
    };
    unsigned tables = 0;
    (void)state;
    for (unsigned table = 0; table < CLR_TABLE_COUNT; table++) {
        for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
            char what[80];
            struct clr_store *const store = fresh_copy();
            const bool empty = table_is_empty(store, (enum clr_table)table);
            snprintf(what, sizeof what, "table %s: %s", clr_table_name((enum clr_table)table), changes[i].name);
            if (!empty) {
                change_raw(store, changes[i].change, (enum clr_table)table);
                expect_damage(store, what, NULL);
            }
            clr_store_close(store);
            if (empty) break;
            tables += i == 0;
        }
    }
    assert_true(tables >= 20);                 /* the world must have something in nearly every table */
}

/* ---- damage with right checksums ---- */

struct sound_change { const char *name; enum clr_table table; char first; size_t at; uint8_t flip; const char *says; };

static void change_sound(struct clr_store *store, const struct sound_change *change)
{
    struct clr_tx tx;
    struct clr_scan scan;
    struct clr_bytes key, value;
    uint8_t key_bytes[512], *bytes;
    assert_int_equal(clr_tx_begin(&store->env, true, &tx, NULL), CLR_OK);
    assert_int_equal(clr_scan_open(&tx, change->table, &change->first, change->first != 0, &scan, NULL), CLR_OK);
    assert_int_equal(clr_scan_next(&scan, &key, &value, NULL), CLR_OK);
    const size_t key_size = key.size, size = value.size;
    memcpy(key_bytes, key.data, key_size);
    bytes = malloc(size + 1);
    assert_non_null(bytes);
    memcpy(bytes, value.data, size);
    clr_scan_close(&scan);
    if (change->flip == 0) {
        assert_int_equal(clr_tx_delete(&tx, change->table, key_bytes, key_size, NULL), CLR_OK);
    } else {
        assert_true(change->at < size);
        bytes[change->at] ^= change->flip;
        assert_int_equal(clr_tx_put(&tx, change->table, key_bytes, key_size, bytes, size, NULL), CLR_OK);
    }
    assert_int_equal(clr_tx_commit(&tx, NULL), CLR_OK);
    free(bytes);
}

static void sound_damage(void **state)
{
    static const struct sound_change changes[] = {
        { "position one fen off", CLR_TABLE_pos, 0, 8, 1, "not the sum of its deltas" },
        { "position gone", CLR_TABLE_pos, 0, 0, 0, "not the sum of its deltas" },
        { "delta of a file one fen off", CLR_TABLE_delta, 'f', 8, 1, "differs from the records" },
        { "delta of an event one fen off", CLR_TABLE_delta, 'e', 8, 1, "not that of its event" },
        { "delta of a file gone", CLR_TABLE_delta, 'f', 0, 0, "differs from the records" },
        { "segment gone", CLR_TABLE_row, 0, 0, 0, "lacks its rows" },
        { "index gone", CLR_TABLE_idx, 0, 0, 0, "lacks its rows" },
        { "index entry", CLR_TABLE_idx, 0, 12, 1, "does not hold" },
        { "verdict map gone", CLR_TABLE_vmap, 0, 0, 0, "verdict" },
        { "offset", CLR_TABLE_soff, 0, 7, 255, "offset" },
        { "event gone", CLR_TABLE_event, 0, 0, 0, "event" },
        { "event: another record", CLR_TABLE_event, 0, 0, 1, "event" },
        { "latest event", CLR_TABLE_evof, 0, 8, 1, "evof" },
        { "file unfindable", CLR_TABLE_fdig, 0, 0, 0, "fdig" },
        { "party's number", CLR_TABLE_party, 0, 0, 0, "party" },
        { "unknown code lost", CLR_TABLE_code, 0, 0, 0, "does not hold" },
        { "journal: one fen", CLR_TABLE_jrnl, 0, 1, 1, "journal" },
        { "journal: line gone", CLR_TABLE_jrnl, 0, 0, 0, "journal" },
        { "move gone", CLR_TABLE_move, 0, 0, 0, "row" },
        { "move's amount", CLR_TABLE_move, 0, 16, 1, "figures" },
        { "move's holder gone", CLR_TABLE_mvid, 0, 0, 0, "mvid" },
        { "audit: stamp", CLR_TABLE_audit, 0, 33, 1, "audit" },
        { "audit: first entry gone", CLR_TABLE_audit, 0, 0, 0, "audit" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        struct clr_store *const store = fresh_copy();
        change_sound(store, &changes[i]);
        expect_damage(store, changes[i].name, changes[i].says);
        clr_store_close(store);
    }
}

static void run_deleted(void **state)
{
    (void)state;
    struct clr_store *const store = fresh_copy();
    struct clr_tx tx;
    bool more;
    assert_int_equal(clr_tx_begin(&store->env, true, &tx, NULL), CLR_OK);
    size_t at = 0;
    while (store->run[at]->part_count == 0) at++;          /* a batch whose rows all belong to the file that goes on has none of its own */
    assert_int_equal(clr_run_delete(&tx, store->run[at]->id, &more, NULL), CLR_OK);
    assert_int_equal(clr_tx_commit(&tx, NULL), CLR_OK);
    expect_damage(store, "run deleted", "rows are there");
    clr_store_close(store);
}

static void manifest_lies(void **state)
{
    static const char *const names[] = { "pending", "rows", "first key hash", "rows of a day", "list of parts" };
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct clr_store *const store = fresh_copy();
        struct clr_tx tx;
        size_t at = 0;
        while (store->run[at]->part_count == 0) at++;
        struct clr_run lie = *store->run[at];
        struct clr_part *const part = malloc(lie.part_count * sizeof *part);
        struct clr_run_day *const day = malloc(lie.day_count * sizeof *day);
        assert_true(part != NULL && day != NULL);
        memcpy(part, lie.part, lie.part_count * sizeof *part);
        memcpy(day, lie.day, lie.day_count * sizeof *day);
        lie.part = part;
        lie.day = day;
        part[0].pending += i == 0;
        part[0].rows += i == 1;
        part[0].first_key_hash += i == 2;
        day[0].rows += i == 3;
        lie.part_count -= i == 4;
        assert_int_equal(clr_tx_begin(&store->env, true, &tx, NULL), CLR_OK);
        assert_int_equal(clr_run_put(&tx, &lie, NULL), CLR_OK);
        assert_int_equal(clr_tx_commit(&tx, NULL), CLR_OK);
        expect_damage(store, names[i], "run ");
        free(part);
        free(day);
        clr_store_close(store);
    }
}

static void archive_damaged(void **state)
{
    char command[PATH_MAX + 64], path[PATH_MAX] = "";
    (void)state;
    struct clr_store *const store = fresh_copy();
    snprintf(command, sizeof command, "ls '%s'/copy/archive/*.cla | head -1", scratch_folder);
    FILE *const list = popen(command, "r");
    assert_non_null(list);
    assert_non_null(fgets(path, sizeof path, list));
    pclose(list);
    path[strcspn(path, "\n")] = '\0';
    struct scratch_bytes bytes = scratch_read(path);
    FILE *const file = fopen(path, "r+b");
    assert_non_null(file);
    fseek(file, (long)bytes.size / 2, SEEK_SET);
    fputc(bytes.data[bytes.size / 2] ^ 1, file);
    fclose(file);
    free(bytes.data);
    expect_damage(store, "archive bit", "archive is damaged");
    assert_int_equal(remove(path), 0);
    expect_damage(store, "archive gone", "archive is gone");
    clr_store_close(store);
}

/* Any bit of data.mdb, while the store is open: found or harmless (free pages), never our end. */
static void raw_bits(void **state)
{
    uint64_t seed = 42;
    unsigned found = 0;
    (void)state;
    for (unsigned round = 0; round < 200; round++) {
        struct clr_store *const store = fresh_copy();
        struct clr_fault fault = { 0 };
        FILE *const file = fopen(scratch_path("copy/data.mdb"), "r+b");
        assert_non_null(file);
        assert_int_equal(fseek(file, 0, SEEK_END), 0);
        const long size = ftell(file);
        seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
        const long at = (long)((seed >> 16) % (uint64_t)size);
        fseek(file, at, SEEK_SET);
        const int byte = fgetc(file);
        fseek(file, at, SEEK_SET);
        fputc(byte ^ 1 << (seed >> 13 & 7), file);
        fclose(file);
        const enum clr_status status = clr_verify(store, &report, &fault);
        assert_true(status == CLR_OK || status == CLR_DAMAGED);
        found += status == CLR_DAMAGED;
        clr_store_close(store);
    }
    assert_true(found > 60);
    print_message("%u of 200 flips hit live bytes\n", found);
}

/* ---- backup and audit ---- */

static void backup_is_whole(void **state)
{
    uint8_t digests[2][CLR_DIGEST_SIZE];
    uint64_t records;
    struct clr_fault fault = { 0 };
    (void)state;
    struct clr_store *store = world_open("world");
    if (clr_backup(store, scratch_path("backup"), &fault) != CLR_OK) fail_msg("%s", fault.en);
    assert_int_equal(clr_digest(store, digests[0], &records, NULL), CLR_OK);
    assert_int_equal(clr_backup(store, scratch_path("backup"), &fault), CLR_USAGE);          /* not empty */
    assert_int_equal(clr_backup(store, scratch_path("no/where"), &fault), CLR_USAGE);
    clr_store_close(store);
    store = world_open("backup");
    assert_int_equal(clr_digest(store, digests[1], &records, NULL), CLR_OK);
    assert_memory_equal(digests[0], digests[1], CLR_DIGEST_SIZE);
    expect_clean(store, "backup");
    clr_store_close(store);
}

static void backup_of_damage(void **state)
{
    static const struct sound_change one_fen = { "", CLR_TABLE_pos, 0, 8, 1, NULL };
    struct clr_fault fault = { 0 };
    (void)state;
    struct clr_store *const store = fresh_copy();
    change_sound(store, &one_fen);
    assert_int_equal(clr_backup(store, scratch_path("bad"), &fault), CLR_DAMAGED);
    assert_int_not_equal(access(scratch_path("bad"), F_OK), 0);          /* nothing is left */
    clr_store_close(store);
}

static void audit_masks(void **state)
{
    struct clr_tx tx;
    struct clr_scan scan;
    struct clr_bytes key, value;
    bool whole = false, masked = false, short_kept = false;
    (void)state;
    struct clr_store *const store = fresh_copy();
    assert_int_equal(clr_audit(store, "records", "--card 3104881234567890123 --limit 123456789012", "ok", NULL), CLR_OK);
    assert_int_equal(clr_tx_begin(&store->env, false, &tx, NULL), CLR_OK);
    assert_int_equal(clr_scan_open(&tx, CLR_TABLE_audit, NULL, 0, &scan, NULL), CLR_OK);
    while (clr_scan_next(&scan, &key, &value, NULL) == CLR_OK) {
        whole |= memmem(value.data, value.size, "3104881234567890123", 19) != NULL;
        masked |= memmem(value.data, value.size, "310488*********0123", 19) != NULL;
        short_kept |= memmem(value.data, value.size, "123456789012", 12) != NULL;
    }
    clr_scan_close(&scan);
    clr_tx_abort(&tx);
    assert_true(masked && short_kept && !whole);
    expect_clean(store, "audited");
    clr_store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clean_store), cmocka_unit_test(every_table), cmocka_unit_test(sound_damage), cmocka_unit_test(run_deleted), cmocka_unit_test(manifest_lies), cmocka_unit_test(archive_damaged),
        cmocka_unit_test(raw_bits), cmocka_unit_test(backup_is_whole), cmocka_unit_test(backup_of_damage), cmocka_unit_test(audit_masks),
    };
    return cmocka_run_group_tests(tests, world_group, scratch_close);
}

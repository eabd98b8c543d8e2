#include "store_world.h"

#include <dirent.h>

const struct clr_store_options world_small = { .threads = 2, .batch_records = 500, .map_size = UINT64_C(64) << 20 };

void world_use(const char *folder) { snprintf(scratch_folder, sizeof scratch_folder, "%s", folder); }

static uint64_t draw(uint64_t *seed)
{
    uint64_t value = *seed += UINT64_C(0x9e3779b97f4a7c15);
    value = (value ^ value >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ value >> 27) * UINT64_C(0x94d049bb133111eb);
    return value ^ value >> 31;
}

static const struct { const char *company, *type; unsigned fen; } rides[] = {
    { "地铁一号线", "地铁入站", 0 }, { "地铁三号线", "地铁出站", 500 }, { "地铁五号线", "地铁出站", 300 }, { "地铁一号线", "地铁出站", 700 }, { "无名公司", "巴士", 200 },
};

/* Trade `number` of a seed: every tenth repeats the one before it, every eleventh, from the seventh on, has its identity and another amount. */
static void write_trade(FILE *file, uint64_t seed, unsigned number)
{
    const bool repeat = number % 10 == 9, conflict = number % 11 == 6 && !repeat;
    uint64_t own = seed + (repeat || conflict ? number - 1 : number);
    char card[10] = { 0 };
    const unsigned ride = (unsigned)(draw(&own) % 32);
    const unsigned at = ride == 0 ? 4 : ride % 4, second = (unsigned)(draw(&own) % 50000) + 20000, day = (unsigned)(draw(&own) % 3) + 1;
    for (unsigned i = 0; i < 9; i++) card[i] = (char)('A' + draw(&own) % 10);
    const unsigned fen = rides[at].fen + (conflict ? 100 : 0);
    fprintf(file, "2026-03-%02u %02u:%02u:%02u,2026-03-%02u 00:00:00,%s,%u,%s,%s,IGT-1,站,0,%u,%u\n", day, second / 3600, second / 60 % 60, second % 60, day, card, fen,
            rides[at].type, rides[at].company, fen, 263000000 + (unsigned)(draw(&own) % 3000));
}

const char *world_trades(const char *name, uint64_t seed, unsigned records)
{
    const char *const path = scratch_path(name);
    FILE *const file = fopen(path, "wb");
    assert_non_null(file);
    fputs("deal_date,close_date,card_no,deal_value,deal_type,company_name,car_no,station,conn_mark,deal_money,equ_no\n", file);
    for (unsigned number = 0; number < records; number++) write_trade(file, seed * 1000003, number);
    assert_int_equal(fclose(file), 0);
    return path;
}

const char *world_moves(const char *name)
{
    static const char text[] =
        "id,product,kind,orig_id,card,issuer,acquirer,service,trade_time,amount_fen,price_fen,reason,note\n"
        "m1,transit,load,,ABCDEFGHI,shenzhentong,metro-1,load,2026-03-03 10:00:00,5000,,,\n"
        "m2,transit,purchase,,ABCDEFGHI,shenzhentong,metro-3,metro,2026-03-03 10:05:00,160,,,\n"
        "m2,transit,purchase,,ABCDEFGHI,shenzhentong,metro-3,metro,2026-03-03 10:05:00,160,,,\n"
        "m3,transit,refund,r1-4,ABCDEFGHI,,,,2026-03-03 11:00:00,100,,,\n"
        "m4,transit,refund,r1-99999,ABCDEFGHI,,,,2026-03-03 11:00:00,100,,,\n"
        "m5,transit,decide,r1-18,,,,,,,,accept,seen the slip\n"
        "m6,transit,decide,r1-29,,,,,,,,reject,no slip\n";
    return scratch_write(name, text, sizeof text - 1);
}

struct clr_store *world_store(const char *name, const struct clr_store_options *options)
{
    struct clr_fault fault = { 0 };
    struct clr_store *store = NULL;
    struct clr_rules_loaded loaded;
    const char *const path = scratch_path(name);
    if (clr_store_create(path, options, &fault) != CLR_OK || clr_store_open(path, options, &store, &fault) != CLR_OK) fail_msg("%s: %s", name, fault.en);
    if (clr_rules_load(store, CLR_FIXTURES "/rules/shenzhen", false, &loaded, &fault) != CLR_OK) fail_msg("rules: %s", fault.en);
    return store;
}

void world_ingest(struct clr_store *store, const char *const *paths, size_t count)
{
    struct clr_fault fault = { 0 };
    struct clr_ingest_result result;
    const struct clr_ingest_options options = { .received_at = clr_time_parse(clr_bytes_text(WORLD_STAMP)) };
    if (clr_ingest(store, &clr_codecs, &options, paths, count, &result, &fault) != CLR_OK) fail_msg("ingest: %s", fault.en);
    assert_int_equal(result.file_count, count);
    for (size_t i = 0; i < count; i++)
        if (result.file[i].status != CLR_FILE_OK) fail_msg("%s: %s", result.file[i].name, result.file[i].fault.en);
    clr_ingest_result_free(&result);
}

void world_make(const char *name, const struct clr_store_options *options)
{
    struct clr_fault fault = { 0 };
    struct clr_resolved resolved;
    struct clr_settled settled;
    const char *const trades[] = { world_trades("a.csv", 1, WORLD_RECORDS), world_trades("b.csv", 2, WORLD_RECORDS / 2) }, *const moves = world_moves("moves.csv");
    struct clr_store *const store = world_store(name, options);
    world_ingest(store, trades, 2);
    world_ingest(store, &moves, 1);
    if (clr_resolve(store, clr_record_id_of(1, 7), true, "the slip is here", CLR_TIME_NONE, false, &resolved, &fault) != CLR_OK) fail_msg("resolve: %s", fault.en);
    if (clr_settle(store, clr_day_parse(clr_bytes_text("2026-03-01")), CLR_ALL_PRODUCTS, scratch_path("out"), false, &settled, &fault) != CLR_OK)
        fail_msg("settle: %s", fault.en);
    clr_settled_free(&settled);
    if (clr_audit(store, "ingest", "a.csv b.csv", "ok", &fault) != CLR_OK || clr_audit(store, "resolve", "r1-7", "ok", &fault) != CLR_OK) fail_msg("audit: %s", fault.en);
    clr_store_close(store);
}

static void copy_entry(const char *from, const char *to)
{
    struct stat entry;
    struct scratch_bytes bytes;
    assert_int_equal(stat(from, &entry), 0);
    if (S_ISDIR(entry.st_mode)) return;
    bytes = scratch_read(from);
    FILE *const file = fopen(to, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.data, 1, bytes.size, file), bytes.size);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(to, entry.st_mode & 0777), 0);
    free(bytes.data);
}

void world_copy(const char *from, const char *to)
{
    static const char *const folders[] = { "", "/archive" };
    static char a[2 * PATH_MAX], b[2 * PATH_MAX], x[3 * PATH_MAX], y[3 * PATH_MAX];
    for (size_t i = 0; i < 2; i++) {
        snprintf(a, sizeof a, "%s/%s%s", scratch_folder, from, folders[i]);
        snprintf(b, sizeof b, "%s/%s%s", scratch_folder, to, folders[i]);
        assert_int_equal(mkdir(b, 0700), 0);
        DIR *const directory = opendir(a);
        assert_non_null(directory);
        for (const struct dirent *entry; (entry = readdir(directory)) != NULL;) {
            if (entry->d_name[0] == '.' || strcmp(entry->d_name, "lock.mdb") == 0) continue;
            snprintf(x, sizeof x, "%s/%s", a, entry->d_name);
            snprintf(y, sizeof y, "%s/%s", b, entry->d_name);
            copy_entry(x, y);
        }
        closedir(directory);
    }
}

struct clr_store *world_open(const char *name)
{
    struct clr_fault fault = { 0 };
    struct clr_store *store;
    if (clr_store_open(scratch_path(name), &world_small, &store, &fault) != CLR_OK) fail_msg("%s: %s", name, fault.en);
    return store;
}

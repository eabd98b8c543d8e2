#include "toll_desk.h"

#include "codecs.h"
#include "lines.h"

/* ---- the codec ---- */

enum { ID, KIND, ORIGINAL, CARD, AMOUNT, PRICE, TIME, STATION_PAID, UNITS, CHARGES, DUES, PROVINCES, PARTS, STATION, FIELDS };

static const char head_line[] = "TOLL DESK\n";

static int sniff(struct clr_bytes head, const char *name)
{
    (void)name;
    return head.size >= sizeof head_line - 1 && memcmp(head.data, head_line, sizeof head_line - 1) == 0 ? 2 : 0;
}

static enum clr_status open_file(struct clr_codec_file *file, struct clr_bytes head, struct clr_fault *fault)
{
    (void)head;
    (void)fault;
    file->data_offset = sizeof head_line - 1;
    file->declared_records = UINT64_MAX;
    return CLR_OK;
}

static size_t cut(struct clr_codec_file *file, struct clr_bytes buffer, bool last)
{
    return clr_lines_cut(file, (struct clr_cut *)(void *)file->state, buffer, last);
}

static int64_t number_of(struct clr_bytes text)
{
    int64_t value = 0;
    for (size_t i = 0; i < text.size; i++) value = value * 10 + (text.data[i] - '0');
    return value;
}

static int64_t time_of(struct clr_bytes text)
{
    char out[32];
    assert_int_equal(text.size, 14);
    snprintf(out, sizeof out, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2s+08:00", (const char *)text.data, (const char *)text.data + 4, (const char *)text.data + 6,
             (const char *)text.data + 8, (const char *)text.data + 10, (const char *)text.data + 12);
    return clr_time_parse(clr_bytes_text(out));
}

static void read_fields(struct clr_bytes line, struct clr_bytes field[FIELDS])
{
    const uint8_t *from = line.data, *const end = line.data + line.size;
    for (size_t i = 0; i < FIELDS; i++) {
        const uint8_t *to = from;
        while (to < end && *to != ';') to++;
        field[i] = clr_bytes_of(from, (size_t)(to - from));
        if (to == end && i + 1 < FIELDS) fail_msg("a line has %zu fields: %.*s", i + 1, (int)line.size, (const char *)line.data);
        from = to < end ? to + 1 : to;
    }
}

static void read_line(const struct clr_line *line, struct clr_raw *raw)
{
    struct clr_bytes field[FIELDS];
    read_fields(line->text, field);
    memset(raw, 0, sizeof *raw);
    raw->offset = (uint32_t)line->offset;
    raw->size = (uint32_t)line->size;
    raw->product = CLR_PRODUCT_TOLL;
    raw->kind = (uint8_t)clr_kind_find(field[KIND]);
    raw->id = field[ID];
    raw->orig_id = field[ORIGINAL];
    raw->card = field[CARD];
    raw->amount_fen = number_of(field[AMOUNT]);
    raw->price_fen = field[PRICE].size > 0 ? number_of(field[PRICE]) : raw->amount_fen;
    raw->traded_at_s = time_of(field[TIME]);
    raw->declared_day = CLR_DAY_NONE;
    raw->flags = (uint16_t)(CLR_FLAG_HAS_PRICE | (field[STATION_PAID].size > 0 ? CLR_FLAG_AT_STATION : 0));
    raw->toll = (struct clr_raw_toll){
        .units = field[UNITS], .charges = field[CHARGES], .dues = field[DUES], .provinces = field[PROVINCES], .province_parts = field[PARTS],
        .station = field[STATION], .event = raw->kind == CLR_KIND_REVERSAL ? 2 : 1, .entered_at_s = CLR_TIME_NONE,
        .stated_count = UINT32_MAX, .stated_disputed = UINT32_MAX,
    };
}

static void decode(const struct clr_codec_file *file, struct clr_bytes block, size_t *at, struct clr_raw *out, size_t max, size_t *count)
{
    struct clr_line line;
    (void)file;
    for (*count = 0; *count < max && clr_line_next(block, at, &line); ++*count) read_line(&line, &out[*count]);
}

static void close_file(struct clr_codec_file *file, uint64_t records)
{
    (void)file;
    (void)records;
}

static void explain(const struct clr_codec_file *file, struct clr_bytes record, void (*show)(void *context, unsigned field, struct clr_bytes text), void *context)
{
    (void)file;
    show(context, 1, record);
}

static const struct clr_field_name names[] = { { "line", "行", true } };
static const struct clr_codec exits = {
    .name = "sdexit", .format = CLR_FORMAT_SDEXIT, .product = CLR_PRODUCT_TOLL, .unit_field = "", .alone = true, .record_size_min = 20,
    .fields = names, .field_count = 1, .sniff = sniff, .open = open_file, .cut = cut, .decode = decode, .close = close_file, .explain = explain,
};
static const struct clr_codec *const list[] = { &exits };
static const struct clr_codec_list codecs = { list, 1 };

/* ---- the store ---- */

#define PARTIES                                                                                               \
    "code,role,product,region,parent,settles_via,account,bank,name_zh,name_en,aliases,valid_from,valid_to\n"   \
    "hub,centre,toll,370000,,,,,中心,Hub,,,\n"                                                                  \
    "jscard,issuer,toll,,,,,,苏通卡,Js,,,\n"                                                                     \
    "north,owner,toll,,,,,,北段,North,sdexit.station:G1,,\n"                                                    \
    "south,owner,toll,,,,,,南段,South,sdexit.station:G2,,\n"                                                    \
    "province:32,owner,toll,,,,,,江苏,Jiangsu,,,\n"
#define CARDS "product,format,prefix,length,issuer,valid_from,valid_to\ntoll,sdexit,3201,20,jscard,,\n"
#define SPLITS "unit,section,owner\nn1,N,north\nn2,N,north\ns1,S,south\n"
#define FEES                                                                                                   \
    "product,service,kind,issuer,acquirer,payer,on,basis,rate_ppm,fixed_fen,min_fen,max_fen,issuer_share_ppm,centre_share_ppm,refund,valid_from,valid_to\n" \
    "toll,*,purchase,*,north,acquirer,amount,txn,3000,,,,,1000000,return,,\n"
#define SENDERS "[road]\nmatch = road*\n[office]\nmatch = moves*\n"
#define WINDOWS                                                                                                \
    "[toll]\nretention_days = 731\n[toll.split-incomplete]\ndeadline_days = 2\nat_deadline = accept\n"            \
    "[toll.unknown-participant]\ndeadline_days = 30\nat_deadline = reject\n"

static void load_rules(struct desk *desk, const char *name, const char *parties, const char *cards, const char *splits)
{
    const struct { const char *file, *text; } files[] = { { "participants.csv", parties }, { "cards.csv", cards }, { "splits.csv", splits },
                                                          { "fees.csv", FEES }, { "senders.ini", SENDERS }, { "windows.ini", WINDOWS } };
    char path[PATH_MAX];
    struct clr_rules_loaded loaded;
    struct clr_fault fault = { 0 };
    if (mkdir(scratch_path(name), 0700) == 0) {
        for (size_t i = 0; i < DESK_COUNT(files); i++) {
            snprintf(path, sizeof path, "%s/%s", name, files[i].file);
            scratch_write(path, files[i].text, strlen(files[i].text));
        }
    }
    if (clr_rules_load(desk->store, scratch_path(name), false, &loaded, &fault) != CLR_OK)
        fail_msg("rules %s:%lu: %s", fault.path, (unsigned long)fault.line, fault.en);
}

void toll_desk_use(const char *folder) { snprintf(scratch_folder, sizeof scratch_folder, "%s", folder); }

struct desk toll_desk_open(const char *name)
{
    const struct clr_store_options options = { .threads = 2, .map_size = UINT64_C(1) << 28, .memory = UINT64_C(64) << 20 };
    struct desk desk = { 0 };
    struct clr_fault fault = { 0 };
    assert_true(scratch_folder[0] != '\0');           /* a group without scratch_open would write to the root */
    snprintf(desk.path, sizeof desk.path, "%s", scratch_path(name));
    if (clr_store_create(desk.path, &options, &fault) != CLR_OK || clr_store_open(desk.path, &options, &desk.store, &fault) != CLR_OK)
        fail_msg("%s: %s", name, fault.en);
    load_rules(&desk, "toll-rules1", PARTIES, CARDS, SPLITS);
    return desk;
}

void toll_desk_rules2(struct desk *desk)
{
    load_rules(desk, "toll-rules2", PARTIES "sdcard,issuer,toll,,,,,,鲁通卡,Sd,,,\n", CARDS "toll,sdexit,3701,20,sdcard,,\n", SPLITS "late,S,south\n");
}

uint32_t toll_desk_exits(struct desk *desk, const char *name, const char *stamp, const char *lines)
{
    const struct clr_ingest_options options = { .received_at = DESK_TIME(stamp) };
    struct clr_ingest_result result;
    struct clr_fault fault = { 0 };
    const char *const path = scratch_path(name);
    FILE *const file = fopen(path, "wb");
    assert_non_null(file);
    fprintf(file, "%s%s", head_line, lines);
    assert_int_equal(fclose(file), 0);
    if (clr_ingest(desk->store, &codecs, &options, &path, 1, &result, &fault) != CLR_OK) fail_msg("ingest: %s", fault.en);
    if (result.file[0].status != CLR_FILE_OK) fail_msg("%s: %s", path, result.file[0].fault.en);
    const uint32_t admission = result.file[0].admission;
    clr_ingest_result_free(&result);
    return admission;
}

const char *toll_desk_why(struct desk *desk, uint32_t admission, uint64_t number, const char *rule)
{
    static char text[2000];
    struct clr_why why;
    struct clr_fault fault = { 0 };
    size_t used = 0;
    text[0] = '\0';
    if (clr_why(desk->store, &codecs, clr_record_id_of(admission, number), false, &why, &fault) != CLR_OK) fail_msg("why: %s", fault.en);
    for (size_t i = 0; i < why.step_count && used < sizeof text; i++) {
        if (strcmp(why.step[i].rule, rule) != 0) continue;
        assert_true((uint8_t)why.step[i].zh[0] != 0);
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", used > 0 ? "; " : "", why.step[i].en);
    }
    clr_why_free(&why);
    return text;
}

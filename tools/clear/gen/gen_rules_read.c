/* gen_rules_read.c: the files of a rules folder into struct gen_rules. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/money.h"
#include "gen_rules.h"

#define COLUMNS_MAX 20

static enum clr_status no_memory(struct clr_fault *fault)
{
    return clr_fault_say(fault, CLR_FULL, "not enough memory to generate", "内存不足，无法生成");
}

enum clr_status gen_rules_slurp(const char *directory, const char *name, char **out, size_t *size, struct clr_fault *fault)
{
    char path[4096];
    size_t capacity = 65536, used = 0, got;
    char *text;
    FILE *file;

    *out = NULL;
    *size = 0;
    if ((size_t)snprintf(path, sizeof path, "%s/%s", directory, name) >= sizeof path)
        return clr_fault_say(fault, CLR_USAGE, "the path of %s is too long", "%s 的路径过长", name);
    file = fopen(path, "rb");
    if (file == NULL) {
        if (errno == ENOENT) return CLR_OK;
        return clr_fault_say(fault, CLR_USAGE, "%s cannot be read: %s", "无法读取 %s：%s", path, strerror(errno));
    }
    text = malloc(capacity);
    while (text != NULL && (got = fread(text + used, 1, capacity - used - 1, file)) > 0) {
        used += got;
        if (used + 1 == capacity) {
            char *more = realloc(text, capacity *= 2);
            if (more == NULL) free(text);
            text = more;
        }
    }
    fclose(file);
    if (text == NULL) return no_memory(fault);
    text[used] = '\0';
    *out = text;
    *size = used;
    return CLR_OK;
}

/* ---- a CSV file as rows of named cells ---- */

struct sheet {
    const char *name;
    char *text;
    struct clr_csv csv;
    const char *const *column;                /* NULL-terminated */
    int place[COLUMNS_MAX];
    char cell[COLUMNS_MAX][1024];
};

static enum clr_status sheet_wrong(const struct sheet *sheet, struct clr_fault *fault)
{
    const bool said = sheet->csv.wrong_en != NULL;
    const enum clr_status status = clr_fault_say(fault, CLR_USAGE, "%s: %s",
                                                 "%s：%.0s%s", sheet->name, said ? sheet->csv.wrong_en : "a cell is too long",
                                                 said ? sheet->csv.wrong_zh : "单元格过长");

    clr_fault_at(fault, sheet->name, sheet->csv.row_line, NULL);
    return status;
}

/** Open and read the header; `sheet->text` stays NULL when there is no such file. */
static enum clr_status sheet_open(struct sheet *sheet, const char *directory, const char *name, const char *const *column, struct clr_fault *fault)
{
    size_t size;

    memset(sheet, 0, sizeof *sheet);
    sheet->name = name;
    sheet->column = column;
    CLR_TRY(gen_rules_slurp(directory, name, &sheet->text, &size, fault));
    if (sheet->text == NULL) return CLR_OK;
    clr_csv_init(&sheet->csv, clr_bytes_of(sheet->text, size));
    if (clr_csv_next(&sheet->csv) != CLR_CSV_ROW) return sheet_wrong(sheet, fault);
    for (unsigned c = 0; column[c] != NULL; c++) {
        sheet->place[c] = -1;
        for (unsigned f = 0; f < sheet->csv.count; f++) {
            if (clr_bytes_equal(sheet->csv.field[f], clr_bytes_text(column[c]))) sheet->place[c] = (int)f;
        }
    }
    return CLR_OK;
}

static enum clr_status sheet_next(struct sheet *sheet, bool *row, struct clr_fault *fault)
{
    const enum clr_csv_result result = sheet->text == NULL ? CLR_CSV_END : clr_csv_next(&sheet->csv);

    *row = result == CLR_CSV_ROW;
    if (result == CLR_CSV_END) return CLR_OK;
    if (result != CLR_CSV_ROW) return sheet_wrong(sheet, fault);
    for (unsigned c = 0; sheet->column[c] != NULL; c++) {
        const int place = sheet->place[c];
        const struct clr_bytes field = place < 0 || (unsigned)place >= sheet->csv.count ? clr_bytes_text("") : sheet->csv.field[place];
        if (field.size >= sizeof sheet->cell[c]) return sheet_wrong(sheet, fault);
        memcpy(sheet->cell[c], field.data, field.size);
        sheet->cell[c][field.size] = '\0';
    }
    return CLR_OK;
}

static clr_day day_of(const char *text, clr_day open)
{
    return text[0] == '\0' ? open : clr_day_parse(clr_bytes_text(text));
}

static int64_t whole_of(const char *text, int64_t fallback)
{
    return text[0] == '\0' ? fallback : strtoll(text, NULL, 10);
}

static bool is_any(const char *text)
{
    return strcmp(text, "*") == 0 || text[0] == '\0';
}

static bool is_transit(const char *product)
{
    return is_any(product) || strcmp(product, clr_product_term(CLR_PRODUCT_TRANSIT).name) == 0;
}

/** Room for one more row of `size` bytes in an array that doubles. NULL when out of memory. */
static void *grow(void **array, size_t *count, size_t size)
{
    if ((*count & (*count - 1)) == 0) {
        void *more = realloc(*array, (*count == 0 ? 1 : *count * 2) * size);
        if (more == NULL) return NULL;
        *array = more;
    }
    void *row = (char *)*array + (*count)++ * size;
    memset(row, 0, size);
    return row;
}

/* ---- the files ---- */

static enum clr_status read_parties(const char *directory, struct gen_rules *rules, struct clr_fault *fault)
{
    static const char *const column[] = { "code", "role", "product", "region", "settles_via", "aliases", "valid_from", "valid_to", NULL };
    struct sheet *sheet = malloc(sizeof *sheet);
    enum clr_status status;
    bool row = true;

    if (sheet == NULL) return no_memory(fault);
    status = sheet_open(sheet, directory, "participants.csv", column, fault);
    while (status == CLR_OK && row) {
        status = sheet_next(sheet, &row, fault);
        if (status != CLR_OK || !row || !is_transit(sheet->cell[2])) continue;
        struct gen_party *party = grow((void **)&rules->party, &rules->party_count, sizeof *party);
        if (party == NULL) status = no_memory(fault);
        else *party = (struct gen_party){
            .code = strdup(sheet->cell[0]), .role = clr_role_find(clr_bytes_text(sheet->cell[1])), .region = strdup(sheet->cell[3]),
            .settles_via = strdup(sheet->cell[4]), .aliases = strdup(sheet->cell[5]),
            .from = day_of(sheet->cell[6], CLR_DAY_NONE), .to = day_of(sheet->cell[7], GEN_DAY_OPEN),
        };
    }
    if (status == CLR_OK && sheet->text == NULL)
        status = clr_fault_say(fault, CLR_USAGE, "%s is no rules folder: it has no participants.csv",
                               "%s 不是规则目录：缺少 participants.csv", directory);
    free(sheet->text);
    free(sheet);
    if (status == CLR_OK && rules->party_count == 0)
        return clr_fault_say(fault, CLR_USAGE, "%s/participants.csv has no participant of transit",
                             "%s/participants.csv 中没有公交一卡通的参与方", directory);
    return status;
}

static enum clr_status read_cards(const char *directory, struct gen_rules *rules, struct clr_fault *fault)
{
    static const char *const column[] = { "product", "format", "prefix", "length", "issuer", "valid_from", "valid_to", NULL };
    struct sheet *sheet = malloc(sizeof *sheet);
    enum clr_status status;
    bool row = true;

    if (sheet == NULL) return no_memory(fault);
    status = sheet_open(sheet, directory, "cards.csv", column, fault);
    while (status == CLR_OK && row) {
        status = sheet_next(sheet, &row, fault);
        if (status != CLR_OK || !row || !is_transit(sheet->cell[0])) continue;
        struct gen_card_rule *rule = grow((void **)&rules->card, &rules->card_count, sizeof *rule);
        if (rule == NULL) status = no_memory(fault);
        else *rule = (struct gen_card_rule){
            .format = is_any(sheet->cell[1]) ? -1 : clr_format_find(clr_bytes_text(sheet->cell[1])), .prefix = strdup(sheet->cell[2]),
            .length = (unsigned)whole_of(sheet->cell[3], 0), .issuer = strdup(sheet->cell[4]),
            .from = day_of(sheet->cell[5], CLR_DAY_NONE), .to = day_of(sheet->cell[6], GEN_DAY_OPEN),
        };
    }
    free(sheet->text);
    free(sheet);
    return status;
}

static void fill_fee(struct gen_fee *fee, char (*cell)[1024])
{
    *fee = (struct gen_fee){
        .service = is_any(cell[1]) ? -1 : clr_service_find(clr_bytes_text(cell[1])),
        .kind = is_any(cell[2]) ? -1 : clr_kind_find(clr_bytes_text(cell[2])),
        .issuer = is_any(cell[3]) ? NULL : strdup(cell[3]), .acquirer = is_any(cell[4]) ? NULL : strdup(cell[4]),
        .payer = strcmp(cell[5], "acquirer") == 0 ? GEN_FEE_ACQUIRER : strcmp(cell[5], "issuer") == 0 ? GEN_FEE_ISSUER : GEN_FEE_THIRD,
        .on = strcmp(cell[6], "discount") == 0 ? GEN_FEE_ON_DISCOUNT : strcmp(cell[6], "count") == 0 ? GEN_FEE_ON_COUNT : GEN_FEE_ON_AMOUNT,
        .total = strcmp(cell[7], "total") == 0, .rate_ppm = whole_of(cell[8], 0), .fixed_fen = whole_of(cell[9], 0),
        .min_fen = whole_of(cell[10], 0), .max_fen = whole_of(cell[11], INT64_MAX), .issuer_share_ppm = whole_of(cell[12], 0),
        .centre_share_ppm = whole_of(cell[13], 0), .keep = strcmp(cell[14], "keep") == 0,
        .from = day_of(cell[15], CLR_DAY_NONE), .to = day_of(cell[16], GEN_DAY_OPEN),
    };
    if (fee->payer == GEN_FEE_THIRD) fee->third = strdup(cell[5]);
}

static enum clr_status read_fees(const char *directory, struct gen_rules *rules, struct clr_fault *fault)
{
    static const char *const column[] = { "product", "service", "kind", "issuer", "acquirer", "payer", "on", "basis", "rate_ppm", "fixed_fen", "min_fen",
                                          "max_fen", "issuer_share_ppm", "centre_share_ppm", "refund", "valid_from", "valid_to", NULL };
    struct sheet *sheet = malloc(sizeof *sheet);
    enum clr_status status;
    bool row = true;

    if (sheet == NULL) return no_memory(fault);
    status = sheet_open(sheet, directory, "fees.csv", column, fault);
    while (status == CLR_OK && row) {
        status = sheet_next(sheet, &row, fault);
        if (status != CLR_OK || !row || !is_transit(sheet->cell[0])) continue;
        struct gen_fee *fee = grow((void **)&rules->fee, &rules->fee_count, sizeof *fee);
        if (fee == NULL) status = no_memory(fault);
        else fill_fee(fee, sheet->cell);
    }
    free(sheet->text);
    free(sheet);
    return status;
}

static int64_t time_of(const char *text, int64_t open, bool end)
{
    const clr_day day = clr_day_parse(clr_bytes_text(text));

    if (text[0] == '\0') return open;
    if (day != CLR_DAY_NONE) return ((int64_t)day + (end ? 1 : 0)) * CLR_DAY_S - CLR_ZONE_OFFSET_S - (end ? 1 : 0);
    return clr_time_parse(clr_bytes_text(text));
}

static enum clr_status read_stops(const char *directory, struct gen_rules *rules, struct clr_fault *fault)
{
    static const char *const column[] = { "card", "valid_from", "valid_to", NULL };
    struct sheet *sheet = malloc(sizeof *sheet);
    enum clr_status status;
    bool row = true;

    if (sheet == NULL) return no_memory(fault);
    status = sheet_open(sheet, directory, "status_list.csv", column, fault);
    while (status == CLR_OK && row) {
        status = sheet_next(sheet, &row, fault);
        if (status != CLR_OK || !row) continue;
        struct gen_stop *stop = grow((void **)&rules->stop, &rules->stop_count, sizeof *stop);
        if (stop == NULL) status = no_memory(fault);
        else *stop = (struct gen_stop){ strdup(sheet->cell[0]), time_of(sheet->cell[1], INT64_MIN, false), time_of(sheet->cell[2], INT64_MAX, true) };
    }
    free(sheet->text);
    free(sheet);
    return status;
}

/* ---- ini files ---- */

static char *trim(char *text)
{
    size_t size;

    while (*text == ' ' || *text == '\t') text++;
    for (size = strlen(text); size > 0 && strchr(" \t\r", text[size - 1]) != NULL; size--) text[size - 1] = '\0';
    return text;
}

/** Walk `text` (which is cut up): each(context, section, key, value); key NULL when a section begins. */
static bool ini_walk(char *text, bool (*each)(void *context, const char *section, const char *key, const char *value), void *context)
{
    char *section = text + strlen(text);

    for (char *line = text, *next; line != NULL && *line != '\0'; line = next) {
        char *equals;
        next = strchr(line, '\n');
        if (next != NULL) *next++ = '\0';
        line = trim(line);
        if (line[0] == '\0' || line[0] == ';' || line[0] == '#') continue;
        if (line[0] == '[') {
            section = line + 1;
            section[strcspn(section, "]")] = '\0';
            if (!each(context, section, NULL, NULL)) return false;
            continue;
        }
        equals = strpbrk(line, "=:");
        if (equals == NULL) continue;
        *equals = '\0';
        if (!each(context, section, trim(line), trim(equals + 1))) return false;
    }
    return true;
}

static bool sender_key(void *context, const char *section, const char *key, const char *value)
{
    struct gen_rules *rules = context;
    struct gen_sender *sender;

    if (key == NULL) {
        sender = grow((void **)&rules->sender, &rules->sender_count, sizeof *sender);
        if (sender == NULL) return false;
        *sender = (struct gen_sender){ .name = strdup(section), .match = strdup(""), .format = -1 };
        return true;
    }
    if (rules->sender_count == 0) return true;
    sender = &rules->sender[rules->sender_count - 1];
    if (strcmp(key, "match") == 0) {
        free(sender->match);
        sender->match = strdup(value);
    } else if (strcmp(key, "format") == 0) sender->format = clr_format_find(clr_bytes_text(value));
    else if (strcmp(key, "window") == 0) sender->declared = strcmp(value, "declared") == 0;
    else if (strcmp(key, "counter_offset") == 0) sender->counter_offset = atoi(value);
    else if (strcmp(key, "units") == 0) sender->unfit |= strcmp(value, "yuan") == 0;
    else if (strcmp(key, "encoding") == 0) sender->unfit |= value[0] == 'g';
    else if (strcmp(key, "tac_unverified") == 0) sender->unfit |= strcmp(value, "wait") == 0;
    return true;
}

static bool window_key(void *context, const char *section, const char *key, const char *value)
{
    struct gen_rules *rules = context;
    int hour = 24, minute = 0;

    if (key == NULL || strcmp(section, clr_product_term(CLR_PRODUCT_TRANSIT).name) != 0) return true;
    if (strcmp(key, "cut_off") == 0 && sscanf(value, "%d:%d", &hour, &minute) == 2) rules->cut_off_s = hour * 3600 + minute * 60;
    else if (strcmp(key, "late_days") == 0) rules->late_days = whole_of(value, rules->late_days);
    else if (strcmp(key, "amount_max_fen") == 0) rules->amount_max_fen = whole_of(value, INT64_MAX);
    return true;
}

static enum clr_status read_ini(const char *directory, const char *name, struct gen_rules *rules,
                                bool (*each)(void *, const char *, const char *, const char *), struct clr_fault *fault)
{
    char *text;
    size_t size;
    bool walked;

    CLR_TRY(gen_rules_slurp(directory, name, &text, &size, fault));
    if (text == NULL) return clr_fault_say(fault, CLR_USAGE, "the rules folder has no %s", "规则目录中没有 %s", name);
    walked = ini_walk(text, each, rules);
    free(text);
    return walked ? CLR_OK : no_memory(fault);
}

enum clr_status gen_rules_read(const char *directory, struct gen_rules *out, struct clr_fault *fault)
{
    enum clr_status status;

    *out = (struct gen_rules){ .cut_off_s = CLR_DAY_S, .late_days = 60, .amount_max_fen = INT64_MAX };
    status = read_parties(directory, out, fault);
    if (status == CLR_OK) status = read_cards(directory, out, fault);
    if (status == CLR_OK) status = read_fees(directory, out, fault);
    if (status == CLR_OK) status = read_stops(directory, out, fault);
    if (status == CLR_OK) status = read_ini(directory, "senders.ini", out, sender_key, fault);
    if (status == CLR_OK) status = read_ini(directory, "windows.ini", out, window_key, fault);
    if (status != CLR_OK) gen_rules_free(out);
    return status;
}

void gen_rules_free(struct gen_rules *rules)
{
    for (size_t i = 0; i < rules->party_count; i++) {
        free(rules->party[i].code);
        free(rules->party[i].region);
        free(rules->party[i].settles_via);
        free(rules->party[i].aliases);
    }
    for (size_t i = 0; i < rules->card_count; i++) {
        free(rules->card[i].prefix);
        free(rules->card[i].issuer);
    }
    for (size_t i = 0; i < rules->fee_count; i++) {
        free(rules->fee[i].issuer);
        free(rules->fee[i].acquirer);
        free(rules->fee[i].third);
    }
    for (size_t i = 0; i < rules->sender_count; i++) {
        free(rules->sender[i].name);
        free(rules->sender[i].match);
    }
    for (size_t i = 0; i < rules->stop_count; i++) free(rules->stop[i].card);
    free(rules->party);
    free(rules->card);
    free(rules->fee);
    free(rules->sender);
    free(rules->stop);
    *rules = (struct gen_rules){ 0 };
}

/*
 * gen_run.c: a run from options to the last byte: rules folder, world, files in time order, pairs, moves, ledger, expected.json.
 */
#include "gen_run.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gen_folder.h"
#include "gen_source.h"
#include "gen_tac.h"

#define TURN 8                                /* every eighth record goes to the sources in turn, so that none stays empty */

static enum clr_status no_memory(struct clr_fault *fault)
{
    return clr_fault_say(fault, CLR_FULL, "not enough memory to generate", "内存不足，无法生成");
}

const char *gen_rate_name(enum gen_rate rate)
{
    static const char *const names[] = {
#define X(name, text, ...) text,
        GEN_RATE_LIST(X)
#undef X
    };

    return names[rate];
}

const char *gen_rate_text(enum gen_rate rate, bool chinese)
{
    static const char *const texts[][2] = {
#define X(name, text, en, zh) { en, zh },
        GEN_RATE_LIST(X)
#undef X
    };

    return texts[rate][chinese];
}

void *gen_grow(void *array, size_t count, size_t *size, size_t each)
{
    if (count < *size) return array;
    const size_t more = *size == 0 ? 256 : *size * 2;
    void *grown = realloc(array, more * each);
    if (grown != NULL) *size = more;
    return grown;
}

/* ---- options ---- */

static bool has_tacs(enum clr_format format) { return !gen_format_is_open(format) && format != CLR_FORMAT_MOVES; }

/** Why a format cannot carry a fault, NULL if it can. */
static bool cannot_carry(enum clr_format format, enum gen_rate rate)
{
    switch (rate) {
    case GEN_RATE_BAD_TAC: return !has_tacs(format);
    case GEN_RATE_GRAY: return !gen_format_is_xf(format);
    case GEN_RATE_TEST: return format != CLR_FORMAT_YZ316;
    case GEN_RATE_GAPS: return gen_format_is_open(format) || format == CLR_FORMAT_MOVES;
    default: return false;
    }
}

static enum clr_status check_rates(const struct gen_options *options, struct clr_fault *fault)
{
    uint64_t sum = 0;

    for (unsigned r = 0; r < GEN_RATE_COUNT; r++) {
        const uint32_t rate = options->rate_ppm[r];
        if (rate > GEN_PPM)
            return clr_fault_say(fault, CLR_USAGE, "--%s is a rate of at most %d ppm",
                                 "--%s 最大为 %d（百万分率）", gen_rate_name((enum gen_rate)r), GEN_PPM);
        if (rate > 0 && cannot_carry(options->format, (enum gen_rate)r)) {
            return clr_fault_say(fault, CLR_USAGE, "format %s cannot carry --%s", "%s 格式无法表达 --%s", clr_format_term(options->format).name,
                                 gen_rate_name((enum gen_rate)r));
        }
        if (r != GEN_RATE_CROSS_REGION && r != GEN_RATE_REFUNDS && r != GEN_RATE_LOADS) sum += rate;
    }
    if (options->tac && !has_tacs(options->format))
        return clr_fault_say(fault, CLR_USAGE, "format %s cannot carry --tac", "%s 格式无法表达 --tac", clr_format_term(options->format).name);
    if (options->rate_ppm[GEN_RATE_BAD_TAC] > 0 && !options->tac)
        return clr_fault_say(fault, CLR_USAGE, "--bad-tac needs --tac: without keys a wrong TAC is like any other",
                             "--bad-tac 需要同时给出 --tac：没有密钥就无从分辨错误的TAC");
    if (sum > GEN_PPM)
        return clr_fault_say(fault, CLR_USAGE, "the faults add up to more than all records (%d ppm)", "各类差错之和超过全部记录（%d）", GEN_PPM);
    if (options->rate_ppm[GEN_RATE_GAPS] > GEN_PPM / 2)
        return clr_fault_say(fault, CLR_USAGE, "--gaps is at most 500000 ppm", "--gaps 最大为 500000");
    return CLR_OK;
}

/** Options with their defaults filled in. */
static enum clr_status complete(const struct gen_options *given, struct gen_options *out, struct clr_fault *fault)
{
    *out = *given;
    if (out->out == NULL || out->out[0] == '\0')
        return clr_fault_say(fault, CLR_USAGE, "--out is needed: the folder to write into", "需要 --out：输出目录");
    if ((unsigned)out->format >= CLR_FORMAT_COUNT) return clr_fault_say(fault, CLR_USAGE, "--format is needed", "需要 --format");
    if (out->records == 0 || out->records > GEN_RECORDS_MAX)
        return clr_fault_say(fault, CLR_USAGE, "--records is from 1 to %llu",
                             "--records 须在 1 到 %llu 之间", (unsigned long long)GEN_RECORDS_MAX);
    if (out->files == 0) out->files = out->records < GEN_FILES_DEFAULT ? (unsigned)out->records : GEN_FILES_DEFAULT;
    if (out->files > GEN_FILES_MAX || out->files > out->records)
        return clr_fault_say(fault, CLR_USAGE, "--files is at most %d, and at most one a record", "--files 最大为 %d，且不超过记录数", GEN_FILES_MAX);
    if (out->cards == 0) out->cards = out->records / 3 + 10;
    if (out->cards > GEN_CARDS_MAX)
        return clr_fault_say(fault, CLR_USAGE, "--cards is at most %llu", "--cards 最大为 %llu", (unsigned long long)GEN_CARDS_MAX);
    if (out->records / out->cards >= GEN_TAPS_MAX)
        return clr_fault_say(fault, CLR_USAGE, "more than %d records a card: its 16-bit counter would come round; give more --cards",
                             "每卡记录超过 %d 条，16位计数器会回绕；请增大 --cards", GEN_TAPS_MAX);
    if (out->date == CLR_DAY_NONE) out->date = clr_day_of_date(2026, 3, 2);
    if (out->date < clr_day_of_date(1990, 1, 1) || out->date > clr_day_of_date(2090, 12, 31))
        return clr_fault_say(fault, CLR_USAGE, "--date is from 1990 to 2090", "--date 须在 1990 到 2090 年之间");
    if (out->received_at == CLR_TIME_NONE) out->received_at = ((int64_t)out->date + 1) * CLR_DAY_S + 2 * 3600 - CLR_ZONE_OFFSET_S;
    if (clr_day_of_time(out->received_at) <= out->date)
        return clr_fault_say(fault, CLR_USAGE, "--received-at lies before the end of --date: the last trades would be of the future",
                             "--received-at 早于 --date 当日结束：部分交易会成为未来交易");
    return check_rates(out, fault);
}

/* ---- folders ---- */

static bool is_empty(const char *path)
{
    DIR *directory = opendir(path);
    bool empty = true;

    for (const struct dirent *entry; directory != NULL && (entry = readdir(directory)) != NULL; ) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) empty = false;
    }
    if (directory != NULL) closedir(directory);
    return empty;
}

static enum clr_status make_directory(const char *out, const char *name, char path[4096], struct clr_fault *fault)
{
    if ((size_t)snprintf(path, 4096, "%s%s%s", out, name[0] == '\0' ? "" : "/", name) >= 4096)
        return clr_fault_say(fault, CLR_USAGE, "path too long", "路径过长");
    if (mkdir(path, 0777) == 0) return CLR_OK;
    if (errno == EEXIST && is_empty(path)) return CLR_OK;
    if (errno == EEXIST)
        return clr_fault_say(fault, CLR_USAGE, "%s is not empty; nothing is overwritten: take it away or name another --out",
                             "%s 不为空；不会覆盖已有文件，请移走或换一个 --out", path);
    return clr_fault_say(fault, CLR_USAGE, "%s cannot be made: %s", "无法建立 %s：%s", path, strerror(errno));
}

/** Take away the files of OUT/`name`, and the folder. After a failure only; what cannot be removed stays. */
static void remove_directory(const char *out, const char *name)
{
    char path[8192];
    DIR *directory;

    snprintf(path, sizeof path, "%s/%s", out, name);
    directory = opendir(path);
    for (const struct dirent *entry; directory != NULL && (entry = readdir(directory)) != NULL; ) {
        if (entry->d_name[0] != '.') unlinkat(dirfd(directory), entry->d_name, 0);
    }
    if (directory != NULL) closedir(directory);
    rmdir(path);
}

static void remove_file(const char *out, const char *name)
{
    char path[8192];

    snprintf(path, sizeof path, "%s/%s", out, name);
    unlink(path);
}

/* ---- the loop over the records ---- */

struct gen_deal gen_run_deal(const struct gen_run *run, const struct gen_trade *trade)
{
    const struct gen_world *world = run->world;
    const struct gen_file *file = &run->files->file[trade->file];
    const bool declared = world->rules->sender[file->sender].declared && gen_format_is_open(file->format);
    const bool has_price = gen_format_is_open(file->format) || file->format == CLR_FORMAT_MOVES;
    const bool load = (trade->flags & GEN_TRADE_LOAD) != 0;

    return (struct gen_deal){
        .issuer = gen_world_issuer(world, trade->card)->party, .acquirer = world->operator[trade->operator].party,
        .service = load ? CLR_SERVICE_LOAD : world->operator[trade->operator].service, .kind = load ? CLR_KIND_LOAD : CLR_KIND_PURCHASE,
        .amount_fen = trade->amount_fen, .discount_fen = has_price && trade->price_fen > trade->amount_fen ? trade->price_fen - trade->amount_fen : 0,
        .trade_day = gen_trade_day(world, trade), .window = declared ? world->date : world->window,
    };
}

static enum clr_kind kind_of(const struct gen_trade *trade)
{
    if (trade->flags & GEN_TRADE_ENTRY) return CLR_KIND_ENTRY;
    if (trade->flags & GEN_TRADE_LOCK) return CLR_KIND_LOCK;
    return trade->flags & GEN_TRADE_LOAD ? CLR_KIND_LOAD : CLR_KIND_PURCHASE;
}

void gen_run_count(struct gen_run *run, const struct gen_trade *trade, int reason, int sign)
{
    struct gen_file *file = &run->files->file[trade->file];
    const bool unverified = run->tac == NULL && has_tacs(file->format) && (trade->flags & GEN_TRADE_NO_TAC) == 0;
    const int64_t amount_fen = trade->damage == GEN_DAMAGE_NONE || gen_damage_leaves_amount((enum gen_damage)trade->damage) ? trade->amount_fen : 0;

    gen_figures_count(&file->figures, reason, kind_of(trade), amount_fen, unverified, sign);
    if (reason == GEN_ACCEPTED && gen_trade_owes(trade)) {
        const struct gen_deal deal = gen_run_deal(run, trade);
        gen_book_deal(run->book, &deal, sign);
    }
}

static size_t render_moves_trade(struct gen_run *run, const struct gen_trade *trade, char *to)
{
    const struct gen_party *party = run->world->rules->party;
    const struct gen_deal deal = gen_run_deal(run, trade);
    char card[GEN_CARD_TEXT_SIZE], nobody[GEN_UNIT_SIZE];
    const char *unknown = gen_world_unknown_unit(run->world, nobody);

    return gen_render_move(run->world, &(struct gen_move){
        .id = trade->serial, .kind = deal.kind, .reference = "", .card = gen_world_card_text(run->world, trade->card, card),
        .issuer = trade->flags & GEN_TRADE_UNKNOWN_PARTY ? unknown : party[deal.issuer].code,
        .acquirer = trade->flags & GEN_TRADE_UNKNOWN_UNIT ? unknown : party[deal.acquirer].code,
        .service = (enum clr_service)deal.service, .time_s = trade->time_s, .amount_fen = trade->amount_fen,
        .price_fen = trade->price_fen == trade->amount_fen ? -1 : (int64_t)trade->price_fen, .damage = (enum gen_damage)trade->damage }, to);
}

/** The TAC that the record's card gives for what it says, or for a bad one any other. Cards that nobody issued have none that is right. */
static enum clr_status set_tac(struct gen_run *run, struct gen_trade *trade)
{
    uint32_t right;

    if (run->tac == NULL || trade->flags & (GEN_TRADE_UNKNOWN_CARD | GEN_TRADE_NO_TAC)) return CLR_OK;
    CLR_TRY(gen_tac_of(run->tac, run->world, trade, &right));
    if (!(trade->flags & GEN_TRADE_BAD_TAC)) trade->tac = right;
    else do trade->tac = gen_plan_tac(run->random);
        while (trade->tac == right);
    return CLR_OK;
}

enum clr_status gen_run_write(struct gen_run *run, unsigned source, struct gen_trade *trade)
{
    struct gen_file *file = &run->files->file[run->current[source]];
    const bool repeat = trade->number != 0;   /* a copy of a record that was written already keeps its id */
    char record[GEN_RECORD_SIZE_MAX];
    size_t size;

    trade->file = (uint16_t)run->current[source];
    trade->number = (uint32_t)file->records + 1;
    if (file->format == CLR_FORMAT_MOVES) {
        if (!repeat) trade->serial = (uint32_t)++run->move_id;
        size = render_moves_trade(run, trade, record);
    } else {
        CLR_TRY(set_tac(run, trade));
        size = gen_render_trade(run->world, file, trade, trade->number, record);
    }
    run->slot++;
    return gen_file_append(file, record, size, run->fault);
}

/** The file of this source that is due at this slot; moves on and opens it when the time has come. */
static enum clr_status turn_to_file(struct gen_run *run, unsigned source)
{
    const struct gen_source *of = &run->world->source[source];
    size_t first = run->current[source], due;

    while (first > 0 && run->files->file[first - 1].source == of) first--;
    due = first + (size_t)((unsigned __int128)run->slot * of->files / run->options->records);
    if (due != run->current[source]) {
        CLR_TRY(gen_file_close(run->files, &run->files->file[run->current[source]], run->world, run->fault));
        run->current[source] = due;
    }
    if (run->files->file[due].started) return CLR_OK;
    CLR_TRY(gen_file_open(run->files, &run->files->file[due], run->world, run->fault));
    return gen_run_release(run, source);
}

static enum clr_status write_records(struct gen_run *run)
{
    const struct gen_options *options = run->options;
    const size_t sources = run->world->source_count;

    while (run->slot < options->records) {
        const unsigned source = (unsigned)(run->slot % TURN == 0 ? run->slot / TURN % sources : gen_random_below(run->random, sources));
        CLR_TRY(turn_to_file(run, source));
        if (run->slot == options->records) break;
        CLR_TRY(gen_run_step(run, source, gen_time_of_slot(options->format, run->slot, options->records)));
    }
    for (size_t i = 0; i < run->files->count; i++) CLR_TRY(gen_file_close(run->files, &run->files->file[i], run->world, run->fault));
    return CLR_OK;
}

static void lay_out_files(struct gen_run *run)
{
    for (unsigned s = 0; s < run->world->source_count; s++) {
        const struct gen_source *source = &run->world->source[s];
        run->current[s] = run->files->count;
        for (unsigned n = 1; n <= source->files; n++) {
            struct gen_file *file = &run->files->file[run->files->count];
            *file = (struct gen_file){ .source = source, .sender = source->sender, .format = run->options->format, .variant = (unsigned)run->files->count };
            gen_source_name(source, n, file->name);
            run->files->count++;
        }
    }
}

/** Now the order of the files is known: of each pair the record that comes first counts. */
static void settle_pairs(struct gen_run *run)
{
    for (size_t i = 0; i < run->pair_count; i++) {
        const struct gen_pair *pair = &run->pair[i];
        const bool as_drawn = run->files->file[pair->first.file].rank < run->files->file[pair->second.file].rank;
        if (as_drawn) {
            gen_run_count(run, &pair->second, pair->reason, 1);
            continue;
        }
        gen_run_count(run, &pair->first, GEN_ACCEPTED, -1);
        gen_run_count(run, &pair->first, pair->reason, 1);
        gen_run_count(run, &pair->second, GEN_ACCEPTED, 1);
    }
}

static enum clr_status finish(struct gen_run *run, struct gen_result *result)
{
    struct gen_ledger ledger = { 0 };
    size_t *order = NULL, count = 0;
    enum clr_status status = gen_files_rank(run->files, run->world->rules, &order, &count, run->fault);

    if (status == CLR_OK) {
        settle_pairs(run);
        free(order);
        order = NULL;
        status = gen_run_extra(run);
    }
    if (status == CLR_OK) status = gen_files_rank(run->files, run->world->rules, &order, &count, run->fault);
    if (status == CLR_OK) status = gen_ledger_make(run->book, &ledger, run->fault);
    if (status == CLR_OK) status = gen_expect_write(run, &ledger, order, count, result, run->fault);
    gen_ledger_free(&ledger);
    free(order);
    return status;
}

static enum clr_status run_in(struct gen_run *run, const char *inbox, struct gen_result *result)
{
    CLR_TRY(gen_files_make(inbox, run->options->files + 1, run->files, run->fault));
    run->current = calloc(run->world->source_count, sizeof *run->current);
    run->pool = malloc(GEN_POOL_SIZE * sizeof *run->pool);
    if (run->current == NULL || run->pool == NULL) return no_memory(run->fault);
    lay_out_files(run);
    CLR_TRY(write_records(run));
    return finish(run, result);
}

/* ---- from options to a run ---- */

static clr_day receipt_window(const struct gen_rules *rules, int64_t stamp_s)
{
    const clr_day day = clr_day_of_time(stamp_s);

    return stamp_s < (int64_t)day * CLR_DAY_S - CLR_ZONE_OFFSET_S + rules->cut_off_s ? day : day + 1;
}

static enum clr_status check_rules(const struct gen_options *options, const struct gen_rules *rules, struct clr_fault *fault)
{
    if (clr_day_of_time(options->received_at) - options->date + 1 > rules->late_days) {
        return clr_fault_say(fault, CLR_USAGE, "--received-at is later than late_days of windows.ini allows: every trade would be too late",
                             "--received-at 晚于 windows.ini 的 late_days：所有交易都会逾期");
    }
    if (rules->amount_max_fen < 10000)
        return clr_fault_say(fault, CLR_USAGE, "amount_max_fen of windows.ini is below 10000: ordinary trades would wait",
                             "windows.ini 的 amount_max_fen 低于 10000：普通交易会待定");
    if (rules->party_count >= UINT16_MAX || rules->fee_count >= GEN_FEE_NONE)
        return clr_fault_say(fault, CLR_USAGE, "the rules have too many participants or fees to draw from", "规则中的参与方或费率过多");
    return CLR_OK;
}

/** The rules of the run, in OUT/rules. `*ours`: OUT was empty, and what is in it now is ours to take away again. */
static enum clr_status prepare_rules(const struct gen_options *options, struct gen_rules *rules, char path[4096], bool *ours, struct clr_fault *fault)
{
    char inbox[4096];

    CLR_TRY(make_directory(options->out, "", inbox, fault));
    *ours = true;
    CLR_TRY(make_directory(options->out, "inbox", inbox, fault));
    CLR_TRY(make_directory(options->out, "rules", path, fault));
    if (options->rules != NULL) CLR_TRY(gen_folder_copy(options->rules, path, fault));
    else CLR_TRY(gen_folder_write(path, options->format, fault));
    CLR_TRY(gen_rules_read(path, rules, fault));
    return check_rules(options, rules, fault);
}

static enum clr_status make_world(const struct gen_options *options, const struct gen_rules *rules, const char *rules_path, struct gen_random *random,
                                  struct gen_world *world, struct clr_fault *fault)
{
    world->date = options->date;
    world->stamp_s = options->received_at;
    world->window = receipt_window(rules, options->received_at);
    CLR_TRY(gen_world_make(options, rules, random, world, fault));
    return gen_world_write_stops(world, rules_path, fault);
}

static enum clr_status make_tac(const struct gen_world *world, const struct gen_options *options, struct gen_tac **out, struct clr_fault *fault)
{
    const enum clr_status status = gen_tac_make(world, options->seed, options->format, out);

    if (status == CLR_OK) return gen_tac_write(*out, options->out, fault);
    return clr_fault_say(fault, status, "the ciphers of TACs are not available", "TAC 所用的密码算法不可用");
}

static void free_run(struct gen_run *run)
{
    free(run->current);
    free(run->pool);
    free(run->pair);
    free(run->original);
    free(run->load);
}

enum clr_status clr_gen_run(const struct gen_options *given, struct gen_result *out, struct clr_fault *fault)
{
    struct gen_options options;
    struct gen_rules rules = { 0 };
    struct gen_world world = { 0 };
    struct gen_random random;
    struct gen_planner planner = { 0 };
    struct gen_files files = { 0 };
    struct gen_book book = { 0 };
    char rules_path[4096], inbox[4200];
    bool ours = false;

    *out = (struct gen_result){ 0 };
    CLR_TRY(complete(given, &options, fault));
    gen_random_seed(&random, options.seed, (uint64_t)options.format);
    struct gen_run *run = calloc(1, sizeof *run);
    if (run == NULL) return no_memory(fault);
    enum clr_status status = prepare_rules(&options, &rules, rules_path, &ours, fault);
    if (status == CLR_OK) status = make_world(&options, &rules, rules_path, &random, &world, fault);
    if (status == CLR_OK) status = gen_planner_make(&world, &random, &planner, fault);
    if (status == CLR_OK) status = gen_book_make(&rules, options.date, &book, fault);
    if (status == CLR_OK && options.tac) status = make_tac(&world, &options, &run->tac, fault);
    if (status == CLR_OK) {
        run->options = &options;
        run->world = &world;
        run->random = &random;
        run->planner = &planner;
        run->files = &files;
        run->book = &book;
        run->fault = fault;
        snprintf(inbox, sizeof inbox, "%s/inbox", options.out);
        status = run_in(run, inbox, out);
    }
    struct gen_tac *tac = run->tac;
    free_run(run);
    free(run);
    gen_files_free(&files);
    gen_tac_free(tac);
    gen_book_free(&book);
    gen_planner_free(&planner);
    gen_world_free(&world);
    gen_rules_free(&rules);
    if (status != CLR_OK && ours) {
        remove_directory(options.out, "inbox");
        remove_directory(options.out, "rules");
        remove_file(options.out, GEN_TAC_KEY_NAME);
    }
    return status;
}

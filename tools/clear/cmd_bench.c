/*
 * cmd_bench.c: the built-in benchmark: seeded files, generated, taken in, timed end to end, on this machine.
 *
 * Every case is run --repeat times, each into a store of its own, and the median is shown; the inputs are read once before
 * each run, so that all figures are "from page cache". The archive is left out. Nothing stays behind.
 * Stages are timed in one more run, so that the clocks are no part of the figures; beside them stands what this machine would need at least
 * (bench_machine.h).
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/stop.h"
#include "bench_machine.h"
#include "cmds.h"
#include "gen/gen.h"
#include "keys/file.h"
#include "memory.h"
#include "outfile.h"
#include "text.h"
#include "version.h"

#define RECORDS_DEFAULT 1000000
#define REPEAT_DEFAULT 3
#define REPEAT_MAX 99
#define SEED 20260302

/** One generated folder, and its data files in order of name. */
struct material {
    char *directory, *rules;
    const char **path;
    size_t count;
    struct gen_result made;
};

struct measure {
    const char *format;
    bool tac;
    unsigned threads, runs;
    struct gen_result made;
    uint64_t wall_us[REPEAT_MAX], cpu_us[REPEAT_MAX];
    struct clr_stages stages;        /* of a run of their own */
    uint64_t stored_bytes;
};

/** The whole command: what it measured. */
struct bench {
    struct cli *cli;
    const char *base;
    struct json *json;               /* NULL: tables */
    bool tac;
    struct bench_machine machine;
    struct measure *measure;
    size_t count;
};

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static enum clr_status list_inbox(struct cli *cli, struct material *material)
{
    char *inbox = memory_print("%s/inbox", material->directory);
    DIR *directory = opendir(inbox);

    if (directory == NULL) {
        free(inbox);
        return clr_fault_say(&cli->fault, CLR_INTERNAL, "the generated files cannot be listed: %s",
                             "无法列出生成的文件：%s", strerror(errno));
    }
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        if (entry->d_name[0] == '.') continue;
        material->path = memory_grow(material->path, material->count + 1, sizeof *material->path);
        material->path[material->count++] = memory_print("%s/%s", inbox, entry->d_name);
    }
    closedir(directory);
    free(inbox);
    if (material->count > 1) qsort(material->path, material->count, sizeof *material->path, by_name);
    return CLR_OK;
}

static enum clr_status make_material(struct cli *cli, const char *base, const char *format, struct material *out)
{
    *out = (struct material){ .directory = memory_print("%s/%s", base, format), .rules = memory_print("%s/%s/rules", base, format) };
    const struct gen_options options = {
        .format = (enum clr_format)clr_format_find(clr_bytes_text(format)),
        .records = cli_number(cli, OPTION_ID_BENCH_RECORDS, RECORDS_DEFAULT),
        .seed = SEED,
        .out = out->directory,
        .date = CLR_DAY_NONE,
        .received_at = CLR_TIME_NONE,
        .tac = cli_given(cli, OPTION_ID_BENCH_TAC),
        .rate_ppm = { [GEN_RATE_DUPLICATES] = 5000 },
    };
    cli_note(cli, "generating %llu records of %s", "生成 %llu 条 %s 记录", (unsigned long long)options.records, format);
    CLR_TRY(clr_gen_run(&options, &out->made, &cli->fault));
    return list_inbox(cli, out);
}

static void free_material(struct material *material)
{
    for (size_t i = 0; i < material->count; i++) free((void *)material->path[i]);
    free(material->path);
    free(material->directory);
    free(material->rules);
}

/** Into the page cache: a run must not pay for the disk because another one did not. */
static void read_inputs(const struct material *material)
{
    static char buffer[1 << 20];

    for (size_t i = 0; i < material->count; i++) {
        const int file = open(material->path[i], O_RDONLY | O_CLOEXEC);
        while (file >= 0 && read(file, buffer, sizeof buffer) > 0) continue;
        if (file >= 0) close(file);
    }
}

static uint64_t cpu_us(void)
{
    struct rusage usage;

    if (getrusage(RUSAGE_SELF, &usage) != 0) return 0;
    return (uint64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 + (uint64_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

/** The keys that the generator left beside its files. */
static enum clr_status open_keys(struct cli *cli, const struct material *material, struct clr_keyset **out)
{
    char *sealed_path = memory_print("%s/keys.sealed", material->rules), *key_path = memory_print("%s/keys.key", material->directory);
    struct clr_secret *secret = clr_secret_create();
    uint8_t *sealed = NULL;
    size_t size = 0;
    enum clr_status status = secret != NULL ? clr_key_file_read(key_path, secret, &cli->fault) : CLR_FULL;

    if (status == CLR_OK) status = clr_sealed_read(sealed_path, &sealed, &size, &cli->fault);
    if (status == CLR_OK) status = clr_keys_unseal(clr_bytes_of(sealed, size), secret, out, &cli->fault);
    if (secret != NULL) clr_secret_destroy(secret);
    free(sealed);
    free(sealed_path);
    free(key_path);
    return status;
}

/** Everything in, and with right TACs all of it accepted: a fast engine that rejects is no fast engine. */
static enum clr_status check_taken(struct cli *cli, const struct measure *measure, const struct clr_ingest_result *result)
{
    const uint64_t records = measure->made.records + measure->made.moves, accepted = result->totals.verdict[CLR_VERDICT_ACCEPTED].count;

    if (result->worst == CLR_OK && result->totals.records == records && accepted == measure->made.verdict[CLR_VERDICT_ACCEPTED]) return CLR_OK;
    return clr_fault_say(&cli->fault, CLR_INTERNAL, "the generated files were not taken in whole: %llu of %llu records, %llu accepted",
                         "生成的文件未全部受理：%llu / %llu 条，接受 %llu 条",
                         (unsigned long long)result->totals.records, (unsigned long long)records, (unsigned long long)accepted);
}

/** The timed part: from the first byte to the last commit. With stages the run is not one of those that count. */
static enum clr_status timed_ingest(struct cli *cli, struct clr_store *store, const struct material *material, struct measure *measure, struct clr_stages *stages)
{
    const struct clr_ingest_options options = { .received_at = material->made.stamp, .archive = CLR_ARCHIVE_NONE, .stages = stages };
    struct clr_ingest_result result = { 0 };
    const uint64_t wall_ns = clr_clock_monotonic_ns(), cpu = cpu_us();
    enum clr_status status = clr_ingest(store, &clr_codecs, &options, material->path, material->count, &result, &cli->fault);

    if (stages == NULL) {
        measure->wall_us[measure->runs] = (clr_clock_monotonic_ns() - wall_ns) / 1000;
        measure->cpu_us[measure->runs++] = cpu_us() - cpu;
    }
    if (status == CLR_OK) status = check_taken(cli, measure, &result);
    clr_ingest_result_free(&result);
    return status;
}

static enum clr_status stored_bytes(struct cli *cli, struct clr_store *store, uint64_t *bytes)
{
    struct clr_summary summary = { 0 };
    const enum clr_status status = clr_summary_read(store, &summary, &cli->fault);

    *bytes = summary.live_bytes;
    clr_summary_free(&summary);
    return status;
}

/** One run in a fresh store, which is removed. */
static enum clr_status run_once(struct cli *cli, const char *base, const struct material *material, struct measure *measure, struct clr_stages *stages)
{
    struct clr_store_options options;
    struct clr_rules_loaded loaded;
    struct clr_store *store = NULL;
    struct clr_keyset *keys = NULL;
    char *path = memory_print("%s/store", base);

    cli_store_options(cli, false, &options);
    options.threads = measure->threads;
    options.key_file = NULL;
    read_inputs(material);
    enum clr_status status = clr_store_create(path, &options, &cli->fault);
    if (status == CLR_OK) status = clr_store_open(path, &options, &store, &cli->fault);
    if (status == CLR_OK) status = clr_rules_load(store, material->rules, false, &loaded, &cli->fault);
    if (status == CLR_OK && measure->tac) status = open_keys(cli, material, &keys);
    if (status == CLR_OK) clr_store_use_keys(store, keys, &clr_codecs);
    if (status == CLR_OK) status = timed_ingest(cli, store, material, measure, stages);
    if (status == CLR_OK) status = stored_bytes(cli, store, &measure->stored_bytes);
    if (store != NULL) clr_store_close(store);
    clr_keyset_destroy(keys);
    outfile_remove_tree(path);
    free(path);
    if (status == CLR_OK && clr_stop_requested()) status = clr_fault_say(&cli->fault, CLR_STOPPED, "stopped", "已中止");
    return status;
}

static int by_number(const void *a, const void *b)
{
    const uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return left < right ? -1 : left > right;
}

static uint64_t median(uint64_t *numbers, unsigned count)
{
    if (count == 0) return 0;
    qsort(numbers, count, sizeof *numbers, by_number);
    return numbers[count / 2];
}

static void bench_row(struct row *row, struct measure *measure, const struct bench_machine *machine)
{
    const uint64_t records = measure->made.records + measure->made.moves;
    const uint64_t wall_us = median(measure->wall_us, measure->runs), cpu = median(measure->cpu_us, measure->runs);
    const uint64_t divisor = records == 0 ? 1 : records;

    row_start(row);
    row_text(row, "format", "format", "格式", measure->format);
    row_count(row, "threads", "threads", "线程", measure->threads);
    row_count(row, "records", "records", "记录", records);
    row_count(row, "bytes", "bytes", "字节数", measure->made.bytes);
    row_count(row, "runs", "runs", "次数", measure->runs);
    row_seconds(row, "elapsed_s", "seconds", "秒", wall_us);
    row_count(row, "records_per_s", "records/s", "条/秒", wall_us == 0 ? 0 : records * 1000000 / wall_us);
    row_count(row, "ns_per_record", "ns/record", "纳秒/条", wall_us * 1000 / divisor);
    row_count(row, "cpu_ns_per_record", "CPU ns/record", "CPU 纳秒/条", cpu * 1000 / divisor);
    row_count(row, "stored_bytes_per_record", "stored B/record", "存储字节/条", measure->stored_bytes / divisor);
    row_text(row, "tac", "TAC", "TAC", measure->tac ? clr_tac_engine_name(machine->engine) : NULL);
}

/* ---- stages ---- */

struct stage_figures { uint64_t ns, cpu_ns, all_cpu_ns, floor; };

/** Writing waits for the disk: there the wall time is what stands against the floor. */
static uint64_t times_floor(unsigned stage, const struct stage_figures *figures, uint64_t records)
{
    const uint64_t tenths = (stage == CLR_STAGE_WRITE ? figures->ns : figures->cpu_ns) * 10 / records;
    return figures->floor == 0 ? 0 : tenths * 10 / figures->floor;
}

/** @param stage  CLR_STAGE_COUNT: the sum of all. */
static void stage_row(struct row *row, const struct measure *measure, unsigned stage, const struct stage_figures *figures)
{
    static const struct clr_term total = { .name = "total", .en = "all stages", .zh = "合计" };
    const uint64_t all = measure->made.records + measure->made.moves, records = all == 0 ? 1 : all;
    const struct clr_term term = stage == CLR_STAGE_COUNT ? total : (struct clr_term){ .name = clr_stage_name(stage), .en = clr_stage_text(stage, false), .zh = clr_stage_text(stage, true) };

    row_start(row);
    row_text(row, "format", "format", "格式", measure->format);
    row_count(row, "threads", "threads", "线程", measure->threads);
    row_term(row, "stage", "stage", "阶段", term);
    row_tenths(row, "ns_per_record", "ns/record", "纳秒/条", figures->ns * 10 / records);
    row_tenths(row, "cpu_ns_per_record", "CPU ns/record", "CPU 纳秒/条", figures->cpu_ns * 10 / records);
    row_count(row, "cpu_percent", "CPU %", "CPU %", figures->all_cpu_ns == 0 ? 0 : (figures->cpu_ns * 100 + figures->all_cpu_ns / 2) / figures->all_cpu_ns);
    row_tenths(row, "floor_ns_per_record", "floor, ns", "下限 纳秒", figures->floor);
    if (figures->floor == 0) row_unknown(row);
    row_tenths(row, "times_floor", "times floor", "为下限的倍数", times_floor(stage, figures, records));
    if (figures->floor == 0) row_unknown(row);
}

static void add_stages(const struct bench *bench, const struct measure *measure, struct listing *listing)
{
    const struct clr_stages *const stages = &measure->stages;
    const uint64_t records = measure->made.records + measure->made.moves;
    struct stage_figures total = { stages->wall_ns * stages->threads, stages->all_cpu_ns, stages->all_cpu_ns, 0 };
    struct row row;

    for (unsigned i = 0; i < CLR_STAGE_COUNT; i++) {
        const uint64_t floor = bench_machine_floor(&bench->machine, i, stages, records, measure->made.bytes, measure->stored_bytes);
        if (i == CLR_STAGE_TAC && !measure->tac) continue;
        total.floor += floor;
        stage_row(&row, measure, i, &(struct stage_figures){ stages->ns[i], stages->cpu_ns[i], stages->all_cpu_ns, floor });
        listing_add(listing, &row);
    }
    stage_row(&row, measure, CLR_STAGE_COUNT, &total);
    listing_add(listing, &row);
}

static void list_stages(const struct bench *bench)
{
    static const struct measure sample = { .format = "" };
    struct listing listing;
    struct row row;

    stage_row(&row, &sample, CLR_STAGE_OTHER, &(struct stage_figures){ 0 });
    listing_open(&listing, bench->cli, bench->json, "stages", text_of("Stages, time of threads", "各阶段，线程时间"), &row);
    for (size_t i = 0; i < bench->count; i++) add_stages(bench, &bench->measure[i], &listing);
    listing_close(&listing);
}

/* ---- all ---- */

static enum clr_status bench_format(struct bench *bench, const char *format, struct listing *listing)
{
    struct cli *const cli = bench->cli;
    struct material material;
    const unsigned cores = (unsigned)sysconf(_SC_NPROCESSORS_ONLN), asked = (unsigned)cli_number(cli, OPTION_ID_THREADS, 0);
    const unsigned threads[] = { asked == 0 ? 1 : asked, cores }, cases = asked == 0 && cores > 1 ? 2 : 1;
    const unsigned repeat = (unsigned)cli_number(cli, OPTION_ID_REPEAT, REPEAT_DEFAULT);
    enum clr_status status = make_material(cli, bench->base, format, &material);

    for (unsigned i = 0; i < cases && status == CLR_OK; i++) {
        struct row row;
        bench->measure = memory_grow(bench->measure, bench->count + 1, sizeof *bench->measure);
        struct measure *const measure = &bench->measure[bench->count];
        *measure = (struct measure){ .format = format, .tac = bench->tac, .threads = threads[i], .made = material.made };
        while (status == CLR_OK && measure->runs < repeat) status = run_once(cli, bench->base, &material, measure, NULL);
        if (status == CLR_OK) status = run_once(cli, bench->base, &material, measure, &measure->stages);
        if (status != CLR_OK) break;
        bench_row(&row, measure, &bench->machine);
        listing_add(listing, &row);
        bench->count++;
    }
    outfile_remove_tree(material.directory);
    free_material(&material);
    return status;
}

/** CPU, cores and compiler stand beside every figure. */
static void machine_json(struct json *json, const struct bench_machine *machine)
{
    struct version_part parts[VERSION_PARTS];
    char line[256], cpu[128] = "";
    FILE *info = fopen("/proc/cpuinfo", "r");
    struct row row;

    while (info != NULL && cpu[0] == '\0' && fgets(line, sizeof line, info) != NULL)
        if (sscanf(line, "model name : %127[^\n]", cpu) != 1) cpu[0] = '\0';
    if (info != NULL) fclose(info);
    version_parts(parts);
    json_open(json, "machine", '{');
    json_text(json, "cpu", cpu);
    json_count(json, "cores", (uint64_t)sysconf(_SC_NPROCESSORS_ONLN));
    json_text(json, "compiler", parts[VERSION_PARTS - 1].version);
    bench_machine_row(&row, machine);
    row_json(&row, json);
    json_close(json);
}

static void machine_table(struct bench *bench)
{
    struct listing listing;
    struct row row;

    bench_machine_row(&row, &bench->machine);
    listing_open(&listing, bench->cli, NULL, NULL, text_of("This machine, one core", "本机单核"), &row);
    listing_add(&listing, &row);
    listing_close(&listing);
}

static enum clr_status bench_all(struct bench *bench)
{
    static const struct { const char *name; bool tac; } formats[] = { { "szt-csv", false }, { "trade-csv", true }, { "yz316", true } };
    struct measure sample = { .format = "" };
    const char *only = cli_text(bench->cli, OPTION_ID_BENCH_FORMAT, NULL);
    struct listing listing;
    struct row row;
    enum clr_status status = CLR_OK;

    bench_row(&row, &sample, &bench->machine);
    listing_open(&listing, bench->cli, bench->json, "results", text_of("Ingest, end to end, from page cache", "端到端受理（数据在页缓存中）"), &row);
    for (size_t i = 0; i < sizeof formats / sizeof *formats && status == CLR_OK; i++) {
        if (only != NULL ? strcmp(only, formats[i].name) != 0 : bench->tac && !formats[i].tac) continue;
        status = bench_format(bench, formats[i].name, &listing);
    }
    listing_close(&listing);
    if (status == CLR_OK) list_stages(bench);
    if (status == CLR_OK && bench->json == NULL) machine_table(bench);
    return status;
}

static enum clr_status check_options(struct cli *cli)
{
    const uint64_t records = cli_number(cli, OPTION_ID_BENCH_RECORDS, RECORDS_DEFAULT);
    const uint64_t repeat = cli_number(cli, OPTION_ID_REPEAT, REPEAT_DEFAULT);

    if (records == 0 || records > GEN_RECORDS_MAX)
        return clr_fault_say(&cli->fault, CLR_USAGE, "--records: between 1 and 4000000000", "--records：1 到 4000000000 之间");
    if (repeat == 0 || repeat > REPEAT_MAX)
        return clr_fault_say(&cli->fault, CLR_USAGE, "--repeat: between 1 and 99", "--repeat：1 到 99 之间");
    if (cli_given(cli, OPTION_ID_BENCH_TAC) && strcmp(cli_text(cli, OPTION_ID_BENCH_FORMAT, ""), "szt-csv") == 0)
        return clr_fault_say(&cli->fault, CLR_USAGE, "--tac: szt-csv has no TACs; choose trade-csv or yz316", "--tac：szt-csv 没有 TAC；请选 trade-csv 或 yz316");
    return CLR_OK;
}

int cmd_bench(struct cli *cli)
{
    const char *environment = getenv("TMPDIR");
    const char *parent = cli_text(cli, OPTION_ID_BENCH_DIR, environment != NULL && *environment != '\0' ? environment : "/tmp");
    struct json json;
    struct bench bench = { .cli = cli, .json = cli->json ? &json : NULL, .tac = cli_given(cli, OPTION_ID_BENCH_TAC) };
    enum clr_status status = check_options(cli);
    char *base = memory_print("%s/clear-bench-XXXXXX", parent);

    if (status == CLR_OK && mkdtemp(base) == NULL) {
        status = clr_fault_say(&cli->fault, CLR_USAGE, "cannot make a folder for the benchmark: %s; choose another with --dir",
                               "无法建立测试目录：%s；请用 --dir 另选", strerror(errno));
        clr_fault_at(&cli->fault, parent, 0, NULL);
    } else if (status == CLR_OK) {
        bench.base = base;
        status = bench_machine_measure(base, bench.tac, (unsigned)cli_number(cli, OPTION_ID_TAC_ENGINE, 0), &bench.machine, &cli->fault);
        if (status != CLR_OK) outfile_remove_tree(base);
    }
    if (status != CLR_OK) {
        free(base);
        return cli_fail(cli, status);
    }
    if (cli->json) {
        cli_json_begin(cli, &json);
        machine_json(&json, &bench.machine);
    }
    status = bench_all(&bench);
    outfile_remove_tree(base);
    free(bench.measure);
    free(base);
    if (cli->json) {
        json_count(&json, "peak_memory_bytes", cli_peak_memory());
        cli_json_finish(cli, &json, status);
    }
    if (status != CLR_OK) cli_say_fault(cli, &cli->fault, status);
    return cli_exit_code(status);
}

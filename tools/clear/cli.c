#include "cli.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "crash.h"
#include "memory.h"
#include "text.h"
#include "value.h"

volatile sig_atomic_t cli_signal = 0;

bool cli_given(const struct cli *cli, enum option_id id)
{
    return cli->arguments.option[id].given;
}

const char *cli_text(const struct cli *cli, enum option_id id, const char *otherwise)
{
    return cli_given(cli, id) ? cli->arguments.option[id].text : otherwise;
}

uint64_t cli_number(const struct cli *cli, enum option_id id, uint64_t otherwise)
{
    return cli_given(cli, id) ? cli->arguments.option[id].number : otherwise;
}

clr_day cli_day(const struct cli *cli, enum option_id id)
{
    return cli_given(cli, id) ? cli->arguments.option[id].day : CLR_DAY_NONE;
}

int64_t cli_received_at(const struct cli *cli)
{
    const struct option_value *value = &cli->arguments.option[OPTION_ID_RECEIVED_AT];

    if (!value->given) return CLR_TIME_NONE;
    return value->now ? clr_clock_now() : value->time_s;
}

int cli_product(const struct cli *cli)
{
    const char *name = cli_text(cli, OPTION_ID_PRODUCT, NULL);
    return name == NULL ? CLR_ALL_PRODUCTS : clr_product_find(clr_bytes_text(name));
}

enum clr_status cli_require(struct cli *cli, enum option_id id)
{
    const struct option_spec *spec = option_spec(id);

    if (cli_given(cli, id)) return CLR_OK;
    return clr_fault_say(&cli->fault, CLR_USAGE, "%s needs --%s %s", "%s 需要 --%s %s", cli->name, spec->name, spec->value);
}

const char *cli_store_path(const struct cli *cli)
{
    const char *environment = getenv("CLEAR_STORE");
    return cli_text(cli, OPTION_ID_STORE, environment != NULL && *environment != '\0' ? environment : "clear-store");
}

void cli_store_options(const struct cli *cli, bool read_only, struct clr_store_options *out)
{
    *out = (struct clr_store_options){
        .threads = (unsigned)cli_number(cli, OPTION_ID_THREADS, 0),
        .memory = cli_number(cli, OPTION_ID_MEMORY, 0),
        .map_size = cli_number(cli, OPTION_ID_MAP_SIZE, 0),
        .key_file = cli_text(cli, OPTION_ID_KEY_FILE, NULL),
        .read_only = read_only,
        .batch_records = cli_number(cli, OPTION_ID_BATCH_RECORDS, 0),
        .subcommit_bytes = cli_number(cli, OPTION_ID_SUBCOMMIT_BYTES, 0),
        .tac_engine = (unsigned)cli_number(cli, OPTION_ID_TAC_ENGINE, 0),         /* the choices: best, then the enum's order */
    };
}

enum clr_status cli_open(struct cli *cli, bool read_only)
{
    struct clr_store_options options;

    cli_store_options(cli, read_only, &options);
    crash_guard_store(cli, cli_store_path(cli));
    return clr_store_open(cli_store_path(cli), &options, &cli->store, &cli->fault);
}

/** The words of the command line for the audit log: quoted for a shell, card numbers masked. free(). */
static char *audit_arguments(const struct cli *cli)
{
    char *line = memory_text("");
    bool card_follows = false;

    for (int i = 0; i < cli->argc; i++) {
        const char *word = cli->argv[i];
        const bool card_here = strncmp(word, "--card=", 7) == 0;
        char masked[CLR_CARD_TEXT_SIZE], *joined;

        if (card_follows || card_here) {
            char number[CLR_CARD_TEXT_SIZE];
            snprintf(number, sizeof number, "%s", card_here ? word + 7 : word);
            clr_card_mask(number, masked);
            joined = memory_print("%s%s'%s%s'", line, *line == '\0' ? "" : " ", card_here ? "--card=" : "", masked);
        } else {
            joined = memory_print("%s%s'%s'", line, *line == '\0' ? "" : " ", word);
        }
        card_follows = strcmp(word, "--card") == 0;
        free(line);
        line = joined;
    }
    return line;
}

enum clr_status cli_audit(struct cli *cli, enum clr_status status)
{
    struct clr_fault fault = { 0 };
    char result[64];

    if (cli->dry_run || cli->store == NULL) return status;
    snprintf(result, sizeof result, "exit %d", cli_exit_code(status));
    char *arguments = audit_arguments(cli);
    const enum clr_status logged = clr_audit(cli->store, cli->name, arguments, result, &fault);
    free(arguments);
    if (status != CLR_OK || logged == CLR_OK) return status;
    cli->fault = fault;
    return logged;
}

int cli_exit_code(enum clr_status status)
{
    if (status == CLR_STOPPED && cli_signal != 0) return 128 + (int)cli_signal;
    return clr_status_exit_code(status);
}

static const char *fault_message(const struct clr_fault *fault, enum clr_status status)
{
    const char *message = text_of(fault->en, fault->zh);
    return *message != '\0' ? message : clr_status_text(status);
}

void cli_say_fault(const struct cli *cli, const struct clr_fault *fault, enum clr_status status)
{
    const struct { const char *en, *zh; bool there; const char *text; uint64_t number; } facts[] = {
        { "path", "路径", fault->path[0] != '\0', fault->path, 0 },
        { "line", "行", fault->line > 0, NULL, fault->line },
        { "record", "记录", fault->record > 0, NULL, fault->record },
        { "offset", "偏移", fault->has_offset != 0, NULL, fault->offset },
        { "field", "字段", fault->field[0] != '\0', fault->field, 0 },
        { "seen", "所见", fault->seen[0] != '\0', fault->seen, 0 },
    };

    fflush(stdout);
    fprintf(stderr, "%s: ", cli->program);
    table_print_clean(stderr, fault_message(fault, status));
    putc('\n', stderr);
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        if (!facts[i].there) continue;
        fprintf(stderr, text_of("  %s: ", "  %s："), text_of(facts[i].en, facts[i].zh));
        if (facts[i].text != NULL) table_print_clean(stderr, facts[i].text);
        else fprintf(stderr, "%llu", (unsigned long long)facts[i].number);
        putc('\n', stderr);
    }
}

void cli_json_fault(struct json *json, const char *key, const struct clr_fault *fault, enum clr_status status)
{
    json_open(json, key, '{');
    json_text(json, "message", fault_message(fault, status));
    json_text(json, "path", fault->path[0] == '\0' ? NULL : fault->path);
    if (fault->line > 0) json_count(json, "line", fault->line);
    else json_null(json, "line");
    if (fault->record > 0) json_count(json, "record", fault->record);
    else json_null(json, "record");
    if (fault->has_offset) json_count(json, "offset", fault->offset);
    else json_null(json, "offset");
    json_text(json, "field", fault->field[0] == '\0' ? NULL : fault->field);
    json_text(json, "seen", fault->seen[0] == '\0' ? NULL : fault->seen);
    json_close(json);
}

static const char *status_word(enum clr_status status)
{
    if (status == CLR_OK) return "ok";
    return status == CLR_REFUSED ? "refused" : "failed";
}

void cli_json_begin(const struct cli *cli, struct json *json)
{
    json_start(json, stdout);
    json_open(json, NULL, '{');
    json_count(json, "schema", 1);
    json_text(json, "type", "result");
    json_text(json, "command", cli->name);
}

void cli_json_start(const struct cli *cli, struct json *json, enum clr_status status)
{
    cli_json_begin(cli, json);
    json_text(json, "status", status_word(status));
}

void cli_json_end(const struct cli *cli, struct json *json, enum clr_status status)
{
    if (status != CLR_OK) {
        json_count(json, "exit", (uint64_t)cli_exit_code(status));
        cli_json_fault(json, "error", &cli->fault, status);
    }
    json_close(json);
}

void cli_json_finish(const struct cli *cli, struct json *json, enum clr_status status)
{
    json_text(json, "status", status_word(status));
    cli_json_end(cli, json, status);
}

int cli_fail(struct cli *cli, enum clr_status status)
{
    progress_end(&cli->progress);
    if (cli->json) {
        struct json json;
        cli_json_start(cli, &json, status);
        cli_json_end(cli, &json, status);
    }
    cli_say_fault(cli, &cli->fault, status);
    return cli_exit_code(status);
}

void cli_note(const struct cli *cli, const char *en, const char *zh, ...)
{
    va_list arguments;

    if (cli->quiet) return;
    fflush(stdout);
    va_start(arguments, zh);
    vfprintf(stderr, text_of(en, zh), arguments);
    va_end(arguments);
    putc('\n', stderr);
}

void cli_note_dry_run(const struct cli *cli)
{
    if (cli->dry_run) cli_note(cli, "dry run: nothing was kept", "试运行：未保留任何结果");
}

uint64_t cli_elapsed_us(const struct cli *cli)
{
    return (clr_clock_monotonic_ns() - cli->started_ns) / 1000;
}

uint64_t cli_peak_memory(void)
{
    struct rusage usage;
    return getrusage(RUSAGE_SELF, &usage) == 0 ? (uint64_t)usage.ru_maxrss * 1024 : 0;
}

void cli_progress_start(struct cli *cli)
{
    const char *how = cli_text(cli, OPTION_ID_PROGRESS, "auto");
    enum progress_mode mode = isatty(STDERR_FILENO) ? PROGRESS_BAR : PROGRESS_SELDOM;

    if (strcmp(how, "plain") == 0) mode = PROGRESS_PLAIN;
    if (strcmp(how, "never") == 0 || cli->quiet) mode = PROGRESS_NEVER;
    progress_start(&cli->progress, stderr, mode);
}

void cli_table_start(struct cli *cli, struct table *table, const char *title)
{
    if (cli->sections++ > 0) putchar('\n');
    if (cli->terminal && title != NULL) printf(cli->color ? "\033[1;4m%s\033[0m\n" : "%s\n", title);
    table_start(table, stdout, cli->terminal ? TABLE_ALIGNED : TABLE_TABS, cli->color);
}

void listing_open(struct listing *listing, struct cli *cli, struct json *json, const char *key, const char *title, const struct row *sample)
{
    listing->json = json;
    if (json != NULL) {
        json_open(json, key, '[');
        return;
    }
    cli_table_start(cli, &listing->table, title);
    row_table_head(sample, &listing->table);
}

void listing_add(struct listing *listing, const struct row *row)
{
    if (listing->json == NULL) {
        row_table(row, &listing->table);
        return;
    }
    json_open(listing->json, NULL, '{');
    row_json(row, listing->json);
    json_close(listing->json);
}

void listing_close(struct listing *listing)
{
    if (listing->json != NULL) json_close(listing->json);
    else table_end(&listing->table);
}

void listing_cancel(struct listing *listing)
{
    listing->table.headed = true;
    listing_close(listing);
}

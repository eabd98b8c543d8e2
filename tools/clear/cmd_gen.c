/* cmd_gen.c: the generator's command: words to options, what was made to a few lines or one object. */
#include <stdio.h>
#include <stdlib.h>

#include "cmds.h"
#include "gen/gen.h"
#include "outfile.h"
#include "value.h"

/* The options of the rates, in the order of enum gen_rate. */
static const enum option_id rate_options[GEN_RATE_COUNT] = {
#define X(name, ...) [GEN_RATE_##name] = OPTION_ID_##name,
    GEN_RATE_LIST(X)
#undef X
};

static enum clr_status read_rates(struct cli *cli, struct gen_options *options)
{
    for (unsigned r = 0; r < GEN_RATE_COUNT; r++) {
        const uint64_t rate = cli_number(cli, rate_options[r], 0);
        if (rate > GEN_PPM)
            return clr_fault_say(&cli->fault, CLR_USAGE, "--%s is a rate of at most %d ppm",
                                 "--%s 最大为 %d（百万分率）", gen_rate_name((enum gen_rate)r), GEN_PPM);
        options->rate_ppm[r] = (uint32_t)rate;
    }
    return CLR_OK;
}

static enum clr_status read_options(struct cli *cli, struct gen_options *options)
{
    static const enum option_id needed[] = { OPTION_ID_FORMAT, OPTION_ID_GEN_RECORDS, OPTION_ID_SEED, OPTION_ID_OUT_DIR };

    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) CLR_TRY(cli_require(cli, needed[i]));
    const uint64_t files = cli_number(cli, OPTION_ID_FILES, 0), cards = cli_number(cli, OPTION_ID_CARDS, 0);
    if ((cli_given(cli, OPTION_ID_FILES) && files == 0) || files > GEN_FILES_MAX)
        return clr_fault_say(&cli->fault, CLR_USAGE, "--files is from 1 to %d", "--files 须在 1 到 %d 之间", GEN_FILES_MAX);
    if (cli_given(cli, OPTION_ID_CARDS) && cards == 0)
        return clr_fault_say(&cli->fault, CLR_USAGE, "--cards is at least 1", "--cards 至少为 1");
    *options = (struct gen_options){
        .format = (enum clr_format)clr_format_find(clr_bytes_text(cli_text(cli, OPTION_ID_FORMAT, ""))),
        .records = cli_number(cli, OPTION_ID_GEN_RECORDS, 0), .seed = cli_number(cli, OPTION_ID_SEED, 0), .out = cli_text(cli, OPTION_ID_OUT_DIR, ""),
        .files = (unsigned)files, .cards = cards, .date = cli_day(cli, OPTION_ID_DATE), .received_at = cli_received_at(cli),
        .rules = cli_text(cli, OPTION_ID_RULES, NULL), .tac = cli_given(cli, OPTION_ID_TAC),
    };
    return read_rates(cli, options);
}

static void show_json(const struct cli *cli, const struct gen_options *options, const struct gen_result *made)
{
    char stamp[CLR_TIME_TEXT_SIZE];
    struct json json;

    cli_json_start(cli, &json, CLR_OK);
    json_text(&json, "out", options->out);
    json_text(&json, "format", clr_format_term(options->format).name);
    json_count(&json, "files", made->files);
    json_count(&json, "records", made->records);
    json_count(&json, "moves", made->moves);
    json_count(&json, "bytes", made->bytes);
    json_text(&json, "received_at", clr_time_text(made->stamp, stamp));
    for (unsigned v = 0; v < CLR_VERDICT_COUNT; v++) json_count(&json, clr_verdict_term(v).name, made->verdict[v]);
    cli_json_end(cli, &json, CLR_OK);
}

static void show_lines(const struct cli *cli, const struct gen_options *options, const struct gen_result *made)
{
    char number[VALUE_TEXT_SIZE], stamp[CLR_TIME_TEXT_SIZE];

    printf("files\t%llu\nrecords\t%llu\nmoves\t%llu\nbytes\t%llu\n", (unsigned long long)made->files, (unsigned long long)made->records,
           (unsigned long long)made->moves, (unsigned long long)made->bytes);
    for (unsigned v = 0; v < CLR_VERDICT_COUNT; v++) printf("%s\t%llu\n", clr_verdict_term(v).name, (unsigned long long)made->verdict[v]);
    cli_note(cli, "%s records in %s. Next: rules load %s/rules, then ingest --received-at %s %s/inbox/*",
             "%s 条记录已写入 %s。下一步：rules load %s/rules，再 ingest --received-at %s %s/inbox/*",
             value_count_text(made->records + made->moves, number), options->out, options->out, clr_time_text(made->stamp, stamp), options->out);
}

/** A dry run makes everything beside its place and removes it. */
static enum clr_status generate(struct cli *cli, const struct gen_options *options, struct gen_result *made)
{
    if (!cli->dry_run) return clr_gen_run(options, made, &cli->fault);
    CLR_TRY(outfile_room(options->out, &cli->fault));
    char *beside = outfile_beside(options->out);
    struct gen_options tried = *options;
    tried.out = beside;
    const enum clr_status status = clr_gen_run(&tried, made, &cli->fault);
    outfile_remove_tree(beside);
    free(beside);
    return status;
}

int cmd_gen(struct cli *cli)
{
    struct gen_options options;
    struct gen_result made;

    enum clr_status status = read_options(cli, &options);
    if (status == CLR_OK) status = generate(cli, &options, &made);
    if (status != CLR_OK) return cli_fail(cli, status);
    if (cli->json) show_json(cli, &options, &made);
    else show_lines(cli, &options, &made);
    cli_note_dry_run(cli);
    return 0;
}

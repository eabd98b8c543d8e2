/*
 * main.c: the program `clear`: hardening, signals, language, one command, one exit code.
 *
 * Nothing starts without a command word. The first SIGINT or SIGTERM asks the engine to stop where it is safe; the second kills.
 * A reader that closes the pipe early is no failure.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/stop.h"
#include "cmds.h"
#include "crash.h"
#include "keys/keyset.h"
#include "text.h"
#include "version.h"

#define EXIT_USAGE 2
#define THREADS_MAX 1024

#if defined(__SANITIZE_ADDRESS__)
#define TRACED_BUILD 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TRACED_BUILD 1
#endif
#endif

/** No core dumps (but in builds with assertions) and no tracer: they would hold card numbers and the key. New files are the user's alone. */
static void harden(void)
{
    const struct rlimit none = { 0, 0 };

#ifdef NDEBUG
    setrlimit(RLIMIT_CORE, &none);
#else
    (void)none;                          /* a build with assertions is for made-up files and a debugger */
#endif
#if defined(NDEBUG) && !defined(TRACED_BUILD)      /* the leak checker attaches to us as a tracer does */
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
    umask(077);
}

static void on_signal(int number)
{
    if (cli_signal != 0) {
        signal(number, SIG_DFL);
        raise(number);
        return;
    }
    cli_signal = number;
    clr_stop_request();
}

static void catch_signals(void)
{
    struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
    sigset_t ours;

    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);            /* a limit on file sizes is a full disk: the write says so, and the command ends as it should */
    /* A parent may have left them blocked; a night that cannot be stopped is worse. */
    sigemptyset(&ours);
    sigaddset(&ours, SIGINT);
    sigaddset(&ours, SIGTERM);
    sigprocmask(SIG_UNBLOCK, &ours, NULL);
}

/** --json and --lang hold for complaints about the other words, too: they are looked for before anything is parsed. */
static void look_ahead(struct cli *cli, int argc, char **argv)
{
    enum text_lang lang = text_lang_of_environment(getenv("CLEAR_LANG"), getenv("LANG"));

    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--json") == 0) cli->json = true;
        else if (strncmp(argv[i], "--lang=", 7) == 0) text_lang_parse(argv[i] + 7, &lang);
        else if (strcmp(argv[i], "--lang") == 0 && i + 1 < argc) text_lang_parse(argv[i + 1], &lang);
    }
    text_lang_set(lang);
}

static int show_version(const struct cli *cli)
{
    struct version_part parts[VERSION_PARTS];
    struct json json;

    version_parts(parts);
    if (!cli->json) {
        for (size_t i = 0; i < VERSION_PARTS; i++) printf("%s %s\n", parts[i].name, parts[i].version);
        return 0;
    }
    cli_json_start(cli, &json, CLR_OK);
    json_open(&json, "versions", '{');
    for (size_t i = 0; i < VERSION_PARTS; i++) json_text(&json, parts[i].name, parts[i].version);
    json_close(&json);
    cli_json_end(cli, &json, CLR_OK);
    return 0;
}

/** What the common options say, before the command runs. */
static enum clr_status settle_options(struct cli *cli)
{
    const char *color = cli_text(cli, OPTION_ID_COLOR, "auto"), *no_color = getenv("NO_COLOR");

    cli->json = cli_given(cli, OPTION_ID_JSON);
    cli->quiet = cli_given(cli, OPTION_ID_QUIET);
    cli->dry_run = cli_given(cli, OPTION_ID_DRY_RUN);
    cli->terminal = isatty(STDOUT_FILENO) != 0;
    cli->color = cli->terminal && (no_color == NULL || *no_color == '\0');
    if (*color == '\0' || strcmp(color, "always") == 0) cli->color = true;
    if (strcmp(color, "never") == 0) cli->color = false;
    if (cli_number(cli, OPTION_ID_THREADS, 0) > THREADS_MAX)
        return clr_fault_say(&cli->fault, CLR_USAGE, "--threads: at most %d", "--threads：最多 %d", THREADS_MAX);
    return CLR_OK;
}

static enum clr_status check_operands(struct cli *cli)
{
    const struct command *command = cli->command;
    const struct arguments *arguments = &cli->arguments;

    if (arguments->operand_count < command->operand_min)
        return clr_fault_say(&cli->fault, CLR_USAGE, "%s needs %s; %s %s --help shows how",
                             "%s 需要 %s；%s %s --help 有说明", command->name, command->operand_name,
                             cli->program, command->name);
    if (arguments->operand_count > command->operand_max)
        return clr_fault_say(&cli->fault, CLR_USAGE, "%s: \"%.64s\" is one word too many; %s %s --help shows how",
                             "%s：“%.64s”是多余的参数；%s %s --help 有说明",
                             command->name, arguments->operand[command->operand_max], cli->program, command->name);
    return CLR_OK;
}

static int run_command(struct cli *cli)
{
    unsigned char allowed[OPTION_ID_COUNT + 1];
    const struct command *command = cli->command;

    command_options(command, allowed);
    enum clr_status status = arguments_parse(allowed, cli->argc, cli->argv, &cli->arguments, &cli->fault);
    if (status == CLR_OK && cli_given(cli, OPTION_ID_HELP)) {
        help_command(stdout, cli->program, command);
        return 0;
    }
    if (status == CLR_OK) status = settle_options(cli);
    if (status == CLR_OK) status = check_operands(cli);
    return status == CLR_OK ? command->run(cli) : cli_fail(cli, status);
}

/** All words of the command line before the command: --help and --version, or a complaint. */
static int run_words(struct cli *cli, int argc, char **argv)
{
    int at = 1;

    while (at < argc && (strcmp(argv[at], "--json") == 0 || strncmp(argv[at], "--lang=", 7) == 0)) at++;
    if (at >= argc) {
        help_overview(stderr, cli->program, true);
        return EXIT_USAGE;
    }
    const char *word = argv[at];
    if (strcmp(word, "--version") == 0) return show_version(cli);
    if (strcmp(word, "-h") == 0 || strcmp(word, "--help") == 0) {
        help_overview(stdout, cli->program, false);
        return 0;
    }
    if (word[0] == '-')
        return cli_fail(cli, clr_fault_say(&cli->fault, CLR_USAGE,
                                           "%.64s: options follow the command, as in %s ingest %.64s; --help lists the commands",
                                           "%.64s：选项写在命令之后，如 %s ingest %.64s；用 --help 列出命令", word, cli->program, word));
    cli->command = command_find(word);
    if (cli->command == NULL) return cli_fail(cli, command_unknown(word, &cli->fault));
    cli->name = cli->command->name;
    cli->argc = argc - at - 1;
    cli->argv = argv + at + 1;
    return run_command(cli);
}

/** Was standard output written in full? A closed pipe is fine: its reader has seen enough. */
static int check_output(const struct cli *cli, int code)
{
    struct pollfd out = { .fd = STDOUT_FILENO, .events = POLLOUT };

    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout)) return code;
    if (errno == EPIPE || (poll(&out, 1, 0) > 0 && out.revents & POLLERR)) return code;
    struct clr_fault fault = { 0 };
    clr_fault_say(&fault, CLR_FULL, "standard output could not be written; the store has what the command did",
                  "无法写标准输出；命令所做的结果已在账库中");
    cli_say_fault(cli, &fault, CLR_FULL);
    return code == 0 ? clr_status_exit_code(CLR_FULL) : code;
}

int main(int argc, char **argv)
{
    static struct cli cli;
    const char *slash = argc > 0 ? strrchr(argv[0], '/') : NULL;
    const char *base = argc > 0 ? (slash == NULL ? argv[0] : slash + 1) : "clear";

    harden();
    cli.name = "clear";
    cli.program = strcmp(base, "clearing") == 0 ? "clearing" : "clear";
    cli.started_ns = clr_clock_monotonic_ns();
    look_ahead(&cli, argc, argv);
    crash_guard();
    catch_signals();
    const int code = run_words(&cli, argc, argv);
    if (cli.store != NULL) clr_store_close(cli.store);     /* before the last output: who reads it to its end finds the store free */
    clr_keyset_destroy(cli.keys);
    arguments_free(&cli.arguments);
    return check_output(&cli, code);
}

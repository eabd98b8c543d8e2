#include "crash.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "text.h"

#define EXIT_INTERNAL 1
#define EXIT_DAMAGED 9
#define STACK_SIZE (64 * 1024)

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

static const struct { int number; const char *name; } deadly[] = {
    { SIGSEGV, "SIGSEGV" }, { SIGBUS, "SIGBUS" }, { SIGILL, "SIGILL" }, { SIGFPE, "SIGFPE" }, { SIGABRT, "SIGABRT" },
};

/** All that a handler says is written beforehand: it may call nothing that formats or allocates. */
static const char *text_begin = "clear: internal error (";
static char text_end[4096] = "); nothing half-done was kept\nclear: 内部错误；未保留任何未完成的结果\n";
static char *result;                         /* with --json: the object for standard output */
static int code_of_crash = EXIT_INTERNAL;
static atomic_flag speaking = ATOMIC_FLAG_INIT;

static void say(int fd, const char *text)
{
    size_t size = strlen(text);
    while (size > 0) {
        const ssize_t put = write(fd, text, size);
        if (put <= 0) return;
        text += put;
        size -= (size_t)put;
    }
}

__attribute__((unused)) static void on_crash(int number)         /* by a sanitizer's build */
{
    const char *name = "?";
    /* Another thread is speaking and ends us all; relaxed: the flag guards no data. */
    if (atomic_flag_test_and_set_explicit(&speaking, memory_order_relaxed)) for (;;) pause();
    for (size_t i = 0; i < sizeof deadly / sizeof *deadly; i++)
        if (deadly[i].number == number) name = deadly[i].name;
    if (result != NULL) say(STDOUT_FILENO, result);
    say(STDERR_FILENO, text_begin);
    say(STDERR_FILENO, name);
    say(STDERR_FILENO, text_end);
#ifdef NDEBUG
    _exit(code_of_crash);
#else
    signal(number, SIG_DFL);
    raise(number);
#endif
}

void crash_guard(void)
{
#ifndef SANITIZED
    static uint8_t stack[STACK_SIZE];        /* of the main thread, for a stack that ran over */
    const stack_t other = { .ss_sp = stack, .ss_size = sizeof stack };
    struct sigaction action = { .sa_handler = on_crash, .sa_flags = SA_ONSTACK | SA_NODEFER };

    sigaltstack(&other, NULL);
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof deadly / sizeof *deadly; i++) sigaction(deadly[i].number, &action, NULL);
#endif
}

void crash_guard_off(void)
{
    for (size_t i = 0; i < sizeof deadly / sizeof *deadly; i++) signal(deadly[i].number, SIG_DFL);
}

static char *make_result(const struct cli *cli, struct clr_fault *fault)
{
    char *made = NULL;
    size_t size = 0;
    struct json json;
    FILE *const out = open_memstream(&made, &size);

    if (out == NULL) return NULL;
    json_start(&json, out);
    json_open(&json, NULL, '{');
    json_count(&json, "schema", 1);
    json_text(&json, "type", "result");
    json_text(&json, "command", cli->name);
    json_text(&json, "status", "failed");
    json_count(&json, "exit", EXIT_DAMAGED);
    cli_json_fault(&json, "error", fault, CLR_DAMAGED);
    json_close(&json);
    if (fclose(out) == 0) return made;
    free(made);
    return NULL;
}

void crash_guard_store(const struct cli *cli, const char *path)
{
    struct clr_fault fault = { 0 };

    clr_fault_say(&fault, CLR_DAMAGED,
                  "the store's pages are damaged, or this is an error of ours; nothing half-done was kept. Run `%s verify`: if it finds damage, "
                  "restore a backup, else report the command and this message",
                  "账库的数据页已损坏，或程序自身有误；未保留任何未完成的结果。请运行 `%s verify`：若报告损坏，请恢复备份；否则请报告所用命令和本消息",
                  cli->program);
    clr_fault_at(&fault, path, 0, NULL);
    for (char *at = fault.path; *at != '\0'; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f) *at = '?';         /* nothing that a terminal would obey */
    snprintf(text_end, sizeof text_end, ") while the store %s was in use: %s\n%s: 使用账库 %s 时发生内部错误：%s\n", fault.path, fault.en,
             cli->program, fault.path, fault.zh);
    free(result);
    result = cli->json ? make_result(cli, &fault) : NULL;
    code_of_crash = EXIT_DAMAGED;
}

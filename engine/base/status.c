/* status.c: texts, exit codes and severity of the one error enum; the fault that says where. See status.h. */
#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
    const char *text;
    int exit_code;
} statuses[CLR_STATUS_COUNT] = {
#define X(name, code, text) [CLR_##name] = { text, code },
    CLR_STATUS_LIST(X)
#undef X
};

const char *clr_status_text(enum clr_status status)
{
    return (unsigned)status < CLR_STATUS_COUNT ? statuses[status].text : "unknown status";
}

int clr_status_exit_code(enum clr_status status)
{
    /* A number outside the enum is our bug, and a bug is an internal error. */
    return (unsigned)status < CLR_STATUS_COUNT ? statuses[status].exit_code : 1;
}

/* Place in the contract's order; 0 is the most severe. A signal stands between what broke (5 9 1 8 7) and what was refused. */
static size_t severity(enum clr_status status)
{
    static const int order[] = { 5, 9, 1, 8, 7, 130, 6, 2, 4, 3, 0 };
    const int code = clr_status_exit_code(status);
    size_t place = 0;

    while (place < sizeof order / sizeof *order && order[place] != code) place++;
    return place;
}

enum clr_status clr_status_worse(enum clr_status a, enum clr_status b)
{
    return severity(b) < severity(a) ? b : a;
}

/* After a cut at `size - 1` bytes, drop an incomplete UTF-8 character at the end: half a character is not text. */
static void drop_partial_character(char *text, size_t size)
{
    size_t start = size - 1;

    while (start > 0 && ((unsigned char)text[start - 1] & 0xC0) == 0x80) start--;
    if (start == 0) return;
    start--;
    const unsigned char lead = (unsigned char)text[start];
    const size_t want = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    if (size - 1 - start < want) text[start] = '\0';
}

static void format_text(char *text, size_t size, const char *format, va_list arguments)
{
    const int wanted = vsnprintf(text, size, format, arguments);

    if (wanted < 0) text[0] = '\0';
    else if ((size_t)wanted >= size) drop_partial_character(text, size);
}

static void copy_text(char *to, size_t size, const char *from)
{
    const size_t length = strlen(from);

    memcpy(to, from, length < size ? length : size - 1);
    to[length < size ? length : size - 1] = '\0';
    if (length >= size) drop_partial_character(to, size);
}

enum clr_status clr_fault_say(struct clr_fault *fault, enum clr_status status, const char *en, const char *zh, ...)
{
    va_list arguments, again;

    if (fault == NULL) return status;
    memset(fault, 0, sizeof *fault);                 /* the place of an earlier fault is not the place of this one */
    fault->status = status;
    va_start(arguments, zh);
    va_copy(again, arguments);
    format_text(fault->en, sizeof fault->en, en, arguments);
    format_text(fault->zh, sizeof fault->zh, zh, again);
    va_end(again);
    va_end(arguments);
    return status;
}

void clr_fault_at(struct clr_fault *fault, const char *path, uint64_t line, const char *field)
{
    if (fault == NULL) return;
    if (path != NULL) copy_text(fault->path, sizeof fault->path, path);
    if (line != 0) fault->line = line;
    if (field != NULL) copy_text(fault->field, sizeof fault->field, field);
}

_Noreturn void clr_assert_failed(const char *condition, const char *file, int line)
{
    fprintf(stderr, "clear: internal error: %s (%s:%d); nothing was committed\n", condition, file, line);
    fprintf(stderr, "clear: 内部错误: %s (%s:%d); 未提交任何数据\n", condition, file, line);
    fflush(stderr);
#if defined(__SANITIZE_ADDRESS__) || defined(FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION)
    abort();                                         /* with a trace, and found by a fuzzer */
#else
    _exit(statuses[CLR_INTERNAL].exit_code);         /* the contract's code; no exit handler may touch the store */
#endif
}

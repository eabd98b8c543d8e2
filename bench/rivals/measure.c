/*
 * measure.c: run a command and write what it took: "wall_s cpu_s rss_kib anon_kib", CPU and memory with all processes it waited for.
 *
 *     measure OUT COMMAND [ARGUMENT…]
 *
 * CPU is the sum over the command and everything it waited for; RSS is the largest of a single process, mapped files included. anon_kib is the
 * largest anonymous memory (RssAnon) of the command's own process, looked at every 10 ms: what a limit on memory has to leave room for, without the
 * pages of a mapped store that the kernel takes back whenever it likes. The exit code is the command's.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LOOK_NS 10000000

static double seconds(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

/* KiB of anonymous memory at this moment; 0 when the process has none any more. */
static long anonymous_kib(pid_t process)
{
    char path[64], line[128];
    long kib = 0;

    snprintf(path, sizeof path, "/proc/%ld/status", (long)process);
    FILE *const status = fopen(path, "r");
    if (status == NULL) return 0;
    while (fgets(line, sizeof line, status) != NULL)
        if (sscanf(line, "RssAnon: %ld", &kib) == 1) break;
    fclose(status);
    return kib;
}

/* Wait for the child, look at its memory meanwhile. SIGCHLD is blocked, so that its end is seen at once and never missed. */
static int wait_looking(pid_t child, int *status, struct rusage *usage, long *most_kib)
{
    const struct timespec step = { .tv_nsec = LOOK_NS };
    sigset_t ended;

    sigemptyset(&ended);
    sigaddset(&ended, SIGCHLD);
    for (;;) {
        const pid_t found = wait4(child, status, WNOHANG, usage);
        if (found != 0) return found == child ? 0 : -1;
        const long kib = anonymous_kib(child);
        if (kib > *most_kib) *most_kib = kib;
        sigtimedwait(&ended, NULL, &step);
    }
}

int main(int argc, char **argv)
{
    struct timespec before, after;
    struct rusage usage;
    sigset_t ended, old;
    long most_kib = 0;
    int status;

    if (argc < 3) {
        fputs("usage: measure OUT COMMAND [ARGUMENT...]\n", stderr);
        return 2;
    }
    sigemptyset(&ended);
    sigaddset(&ended, SIGCHLD);
    sigprocmask(SIG_BLOCK, &ended, &old);
    clock_gettime(CLOCK_MONOTONIC, &before);
    const pid_t child = fork();
    if (child == 0) {
        sigprocmask(SIG_SETMASK, &old, NULL);
        execvp(argv[2], argv + 2);
        perror(argv[2]);
        _exit(127);
    }
    if (child < 0 || wait_looking(child, &status, &usage, &most_kib) != 0) {
        perror("measure");
        return 1;
    }
    clock_gettime(CLOCK_MONOTONIC, &after);
    FILE *const out = fopen(argv[1], "w");
    if (out == NULL) {
        perror(argv[1]);
        return 1;
    }
    fprintf(out, "%.4f %.4f %ld %ld\n", (double)(after.tv_sec - before.tv_sec) + (double)(after.tv_nsec - before.tv_nsec) / 1e9,
            seconds(usage.ru_utime) + seconds(usage.ru_stime), usage.ru_maxrss, most_kib);
    fclose(out);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

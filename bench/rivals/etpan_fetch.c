/* The bare libetpan fetch: the headers of a whole folder over TLS, in slices, thrown away as they come.
 *
 *   etpan_fetch PORT USER PASSWORD_FILE LAST_UID SLICE FIELD...
 *
 * Prints the number of messages and the seconds from before connecting to after the last slice. Through
 * libetpan's own TLS, which verifies nothing: a benchmark's rival on loopback, not an example. */

#include <libetpan/libetpan.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void check(int code, const char *what)
{
    if (code != MAILIMAP_NO_ERROR && code != MAILIMAP_NO_ERROR_AUTHENTICATED
        && code != MAILIMAP_NO_ERROR_NON_AUTHENTICATED) {
        fprintf(stderr, "etpan_fetch: %s: error %d\n", what, code);
        exit(1);
    }
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static struct mailimap_fetch_type *request(char **fields, int count)
{
    clist *names = clist_new();
    for (int i = 0; i < count; i++) clist_append(names, strdup(fields[i]));
    struct mailimap_section *section = mailimap_section_new_header_fields(mailimap_header_list_new(names));
    struct mailimap_fetch_type *type = mailimap_fetch_type_new_fetch_att_list_empty();
    mailimap_fetch_type_new_fetch_att_list_add(type, mailimap_fetch_att_new_uid());
    mailimap_fetch_type_new_fetch_att_list_add(type, mailimap_fetch_att_new_internaldate());
    mailimap_fetch_type_new_fetch_att_list_add(type, mailimap_fetch_att_new_body_peek_section(section));
    return type;
}

int main(int count, char **arguments)
{
    if (count < 7) return 64;
    char password[256] = "";
    FILE *file = fopen(arguments[3], "r");
    if (!file || !fgets(password, sizeof password, file)) return 66;
    fclose(file);
    password[strcspn(password, "\r\n")] = 0;
    unsigned last = atoi(arguments[4]), slice = atoi(arguments[5]);

    double start = now();
    mailimap *session = mailimap_new(0, NULL);
    check(mailimap_ssl_connect(session, "localhost", atoi(arguments[1])), "connecting");
    check(mailimap_login(session, arguments[2], password), "login");
    check(mailimap_examine(session, "INBOX"), "EXAMINE");
    struct mailimap_fetch_type *type = request(arguments + 6, count - 6);
    int messages = 0;
    for (unsigned first = 1; first <= last; first += slice) {
        unsigned end = first + slice - 1 < last ? first + slice - 1 : last;
        struct mailimap_set *set = mailimap_set_new_interval(first, end);
        clist *list = NULL;
        check(mailimap_uid_fetch(session, set, type, &list), "FETCH");
        messages += clist_count(list);
        mailimap_fetch_list_free(list);
        mailimap_set_free(set);
    }
    printf("%d %.6f\n", messages, now() - start);
    mailimap_fetch_type_free(type);
    mailimap_logout(session);
    mailimap_free(session);
    return 0;
}

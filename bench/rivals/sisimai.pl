# Messages a second of processor time with Sisimai, and in how many it finds a bounce.
use strict;
use warnings;
use Sisimai;

my @files = sort glob "$ARGV[0]/*";
my ($seconds, $found) = (0, 0);
for my $file (@files) {
    my @before = times;
    my $said = eval { local $SIG{__WARN__} = sub { }; Sisimai->make($file) };
    my @after = times;
    $seconds += $after[0] + $after[1] - $before[0] - $before[1];
    $found++ if $said && @$said;
}
printf "%f %d\n", @files / ($seconds || 0.001), $found;

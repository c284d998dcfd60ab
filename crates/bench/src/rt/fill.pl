# Fills a Request Tracker 5 of its own with tickets, through RT's own code, and says what was put in: `fill.pl fill NUMBER`,
# `fill.pl more TICKET`. What is in the database is read back with plain SQL, so that nothing of what is compared went through REST.
use strict;
use warnings;
use utf8;
use lib '/usr/local/share/request-tracker5/lib', '/usr/share/request-tracker5/lib';
use RT -init;
use Digest::SHA qw(sha256_hex);
use Encode qw(encode decode);
use JSON;
use MIME::Base64 qw(encode_base64);
use MIME::Entity;
use MIME::QuotedPrint qw(encode_qp);
use RT::Interface::Email;

my ($what, $argument) = @ARGV;
my $state_file = "$ENV{CAIRN_RT_DIR}/state.json";
my $state = { texts => {}, files => {} };

sub must { my ($ok, $why) = @_; die "fill.pl: $why\n" unless $ok; return $ok; }

sub as { my $user = RT::CurrentUser->new; $user->LoadByName($_[0]); must($user->id, "no user $_[0]"); return $user; }

# A message with files; what they are is remembered for the ticket that it goes to.
sub message {
    my ($text, @files) = @_;
    my $mime = MIME::Entity->build(Type => 'text/plain', Charset => 'UTF-8', Data => [encode('UTF-8', $text)]);
    for my $file (@files) {
        my ($name, $type, $bytes) = @$file;
        $mime->attach(Type => $type, Filename => encode('UTF-8', $name), Encoding => 'base64', Data => $bytes);
    }
    return $mime;
}

sub remember {
    my ($id, $sort, $text, @files) = @_;
    push @{ $state->{texts}{$id} }, { sort => $sort, text => $text };
    push @{ $state->{files}{$id} }, { name => $_->[0], sha256 => sha256_hex($_->[2]) } for @files;
}

my $png = pack 'H*', '89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c6360000000020001'
    . '48afa4710000000049454e44ae426082';

sub files_of {
    my ($n) = @_;
    my $all = join '', map { chr } 0 .. 255;
    my @all = (
        ["pūrongo $n – 日本.bin", 'application/octet-stream', $all x ($n + 1)],
        ["screen$n.png", 'image/png', $png],
        ["table$n.csv", 'text/csv', encode('UTF-8', "ingoa,tau\nĀna,$n\n")],
        ["log.old", 'application/octet-stream', "\0\1\2 line $n\r\n" x 2_000],
    );
    return () if $n % 3 == 0;
    return $n % 3 == 1 ? @all[ 0, 2 ] : @all[ 1, 3 ];
}

sub set_up {
    my $everyone = RT::Group->new(RT->SystemUser);
    $everyone->LoadSystemInternalGroup('Everyone');
    for my $right (qw(CreateTicket ReplyToTicket CommentOnTicket SeeQueue ShowTicket)) {
        $everyone->PrincipalObj->GrantRight(Right => $right, Object => RT->System);
    }
    my $queue = RT::Queue->new(RT->SystemUser);
    must($queue->Create(Name => 'Incident Reports'));
    my $kiri = RT::User->new(RT->SystemUser);
    must($kiri->Create(Name => 'kiri', EmailAddress => 'kiri@cert.example', Privileged => 1));
    $kiri->PrincipalObj->GrantRight(Right => 'SuperUser', Object => RT->System);
    my %fields;
    for (['IP', 0], ['Domain', 0], ['Classification', 1]) {
        my $field = RT::CustomField->new(RT->SystemUser);
        must($field->Create(Name => $_->[0], Type => 'Freeform', MaxValues => $_->[1], LookupType => 'RT::Queue-RT::Ticket'));
        must($field->AddToObject(RT::Queue->new(RT->SystemUser)));
        $fields{ $_->[0] } = $field->id;
    }
    my $token = RT::AuthToken->new(as('root'));
    my ($made, $why, $auth) = $token->Create(Owner => as('root')->Id, Description => 'import');
    must($made, $why);
    $state->{token} = $auth;
    return %fields;
}

sub by_hand {
    my ($number, %fields) = @_;
    my @status = qw(new open stalled resolved rejected);
    for my $n (1 .. $number) {
        my @files = files_of($n);
        my $text = "Kia ora, ko te nama $n: http://evil$n.example/x\nNgā mihi";
        my $ticket = RT::Ticket->new(as($n % 2 ? 'root' : 'kiri'));
        my ($id, undef, $why) = $ticket->Create(
            Queue => $n % 3 == 0 ? 'Incident Reports' : 'General',
            Subject => "Kōrero $n", Requestor => "ana$n\@home.example", Owner => $n % 4 ? 'kiri' : 'Nobody',
            MIMEObj => message($text, @files),
            "CustomField-$fields{IP}" => [ "192.0.2.$n", "198.51.100.$n" ],
            "CustomField-$fields{Classification}" => $n % 2 ? 'Phishing' : 'Spam',
        );
        must($id, $why);
        remember($id, 'correspondence', $text, @files);
        answers($id, $n);
        my $wanted = $status[ $n % @status ];
        if ($ticket->Load($id) && $ticket->Status ne $wanted) { my ($ok, $said) = $ticket->SetStatus($wanted); must($ok, $said); }
    }
}

sub answers {
    my ($id, $n) = @_;
    my $ticket = RT::Ticket->new(as('kiri'));
    $ticket->Load($id);
    if ($n % 2) {
        my $text = "Our answer to $n\n> Kia ora";
        my @files = ([ "answer$n.bin", 'application/octet-stream', "answer $n\0" x 50 ]);
        my ($ok, $why) = $ticket->Correspond(MIMEObj => message($text, @files));
        must($ok, $why);
        remember($id, 'correspondence', $text, @files);
    }
    my $text = "Between us: $n is the same as before, Tēnā koe";
    my ($ok, $why) = $ticket->Comment(MIMEObj => message($text));
    must($ok, $why);
    remember($id, 'comment', $text);
}

# Four that come by mail: three charsets, and one with an HTML part and a file whose name is written as RFC 2231 has it.
sub by_mail {
    my @mails = (
        [ 'iso-8859-1', "Café, déjà vu: ça va?" ], [ 'shift_jis', "こんにちは、荷物です" ], [ 'koi8-r', "Привет, посылка" ],
    );
    for my $mail (@mails) {
        my ($charset, $text) = @$mail;
        arrive($charset, $text, "Content-Type: text/plain; charset=$charset\nContent-Transfer-Encoding: base64\n\n"
            . encode_base64(encode($charset, "$text\n")));
    }
    my ($text, $bytes) = ("Two ways to say it: ehara", join '', map { chr(255 - $_) } 0 .. 255);
    my $html = "<p>Two ways to say it: <b>ehara</b></p>\n";
    my $id = arrive('both', $text, qq{Content-Type: multipart/mixed; boundary="o"\n\n--o\nContent-Type: multipart/alternative; boundary="i"\n\n}
        . "--i\nContent-Type: text/plain; charset=utf-8\n\n$text\n--i\nContent-Type: text/html; charset=utf-8\n\n$html--i--\n"
        . "--o\nContent-Type: application/octet-stream\nContent-Disposition: attachment; filename*=utf-8''t%C4%81onga.dat\n"
        . "Content-Transfer-Encoding: base64\n\n" . encode_base64($bytes) . "--o--\n");
    push @{ $state->{files}{$id} }, { name => 'tāonga.dat', sha256 => sha256_hex($bytes) }, { name => 'message.html', sha256 => '' };
}

sub arrive {
    my ($name, $text, $rest) = @_;
    my $head = "From: Mere <$name\@else.example>\nTo: rt\@example.org\nSubject: =?utf-8?B?" . encode_base64(encode('UTF-8', $text), '')
        . "?=\nMessage-ID: <$name\@else.example>\nMIME-Version: 1.0\n";
    my ($ok, $why, $ticket) = RT::Interface::Email::Gateway({ queue => 'General', action => 'correspond', message => $head . $rest });
    must($ok == 1 && $ticket, "mail $name: $ok " . ($why // ''));
    remember($ticket->id, 'correspondence', $text);
    return $ticket->id;
}

# All that happened, as if some hundred days before; RT itself writes down only now.
sub long_ago {
    my $dbh = $RT::Handle->dbh;
    for my $id (@{ $dbh->selectcol_arrayref('SELECT id FROM Tickets') }) {
        my $days = '-' . (200 + 37 * $id) . ' days';
        my $mine = "SELECT id FROM Transactions WHERE ObjectType = 'RT::Ticket' AND ObjectId = ?";
        $dbh->do("UPDATE Attachments SET Created = datetime(Created, ?) WHERE TransactionId IN ($mine)", undef, $days, $id);
        $dbh->do("UPDATE Transactions SET Created = datetime(Created, ?) WHERE ObjectType = 'RT::Ticket' AND ObjectId = ?", undef, $days, $id);
        $dbh->do('UPDATE Tickets SET Created = datetime(Created, ?) WHERE id = ?', undef, $days, $id);
    }
}

sub merge {
    my ($gone, $into) = @_;
    my $ticket = RT::Ticket->new(as('root'));
    $ticket->Load($gone);
    my ($ok, $why) = $ticket->MergeInto($into);
    must($ok, $why);
}

sub told {
    my $dbh = $RT::Handle->dbh;
    my $text = sub { my $bytes = shift; return utf8::is_utf8($bytes) ? $bytes : decode('UTF-8', $bytes) };
    my $rows = sub { my ($sql, @values) = @_; return $dbh->selectall_arrayref($sql, { Slice => {} }, @values) };
    my @tickets;
    my $all = $rows->("SELECT t.id, t.Subject AS title, CAST(strftime('%s', t.Created) AS INTEGER) AS received, t.Status AS status,
        u.Name AS owner, q.Name AS queue FROM Tickets t JOIN Users u ON u.id = t.Owner JOIN Queues q ON q.id = t.Queue
        WHERE t.EffectiveId = t.id AND t.Status != 'deleted' ORDER BY t.id");
    for my $one (@$all) {
        my @ids = @{ $dbh->selectcol_arrayref('SELECT id FROM Tickets WHERE EffectiveId = ? ORDER BY id', undef, $one->{id}) };
        my $marks = join ', ', ('?') x @ids;
        my $happened = $rows->("SELECT t.Type AS type, CAST(strftime('%s', t.Created) AS INTEGER) AS at, u.Name AS author FROM Transactions t
            JOIN Users u ON u.id = t.Creator WHERE t.ObjectType = 'RT::Ticket' AND t.ObjectId IN ($marks) ORDER BY t.Created, t.id", @ids);
        push @tickets, {
            number => "$one->{id}", also => [ map { "$_" } grep { $_ != $one->{id} } @ids ], title => $text->($one->{title}),
            received => $one->{received}, status => $one->{status}, owner => $one->{owner}, queue => $one->{queue},
            happened => [ map { { type => $_->{type}, at => $_->{at}, author => $_->{author} } } @$happened ],
            texts => [ map { @{ $state->{texts}{$_} // [] } } @ids ], files => [ map { @{ $state->{files}{$_} // [] } } @ids ],
        };
    }
    return { token => $state->{token}, tickets => \@tickets };
}

if ($what eq 'fill') {
    my %fields = set_up();
    by_hand($argument, %fields);
    by_mail();
    merge(2, 1);
    merge(4, 5);
    long_ago();
}
else {
    open my $file, '<', $state_file or die "$state_file: $!";
    local $/;
    $state = decode_json(<$file>);
    my $ticket = RT::Ticket->new(as('kiri'));
    $ticket->Load($argument);
    my $text = "Anei anō: one more thing";
    my @files = ([ 'later.bin', 'application/octet-stream', "later\0" x 99 ]);
    my ($ok, $why) = $ticket->Correspond(MIMEObj => message($text, @files));
    must($ok, $why);
    remember($ticket->id, 'correspondence', $text, @files);
}
open my $file, '>', $state_file or die "$state_file: $!";
print $file encode_json($state);
close $file;
print encode_json(told()), "\n";

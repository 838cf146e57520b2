package io.babble.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BabbleTest {
    private static final String NO_BROKER = "127.0.0.1:1";

    @Test
    void printsHelpAndVersion() {
        assertThat(CommandResult.babble("--help").exitCode()).isZero();
        assertThat(CommandResult.babble("--help").out()).contains("publish", "read", "prompt");
        assertThat(CommandResult.babble("publish", "--help").out()).contains("--streams", "--bootstrap-servers");
        assertThat(CommandResult.babble("--version").out()).startsWith("babble ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            ''                              | babble: Missing required subcommand (see babble --help)
            publish                         | babble publish: Missing required parameter: 'FILE' (see babble publish --help)
            publish --streams 0 pom.xml     | babble publish: --streams must be at least 1 (see babble publish --help)
            publish --rate -1 pom.xml       | babble publish: --rate must not be negative (see babble publish --help)
            publish --record-bytes 0 x      | babble publish: --record-bytes must be 1 to 1000000 (see babble publish --help)
            publish --streams 2 -           | babble publish: - cannot be split into streams: its length is unknown (see babble publish --help)
            topics --partitions 4           | babble topics: --partitions and --retention need --create (see babble topics --help)
            topics --create --partitions 0  | babble topics: --partitions must be at least 1 (see babble topics --help)
            topics --create --retention x   | babble topics: --retention must be a time as 30 d, not x (see babble topics --help)
            publish pom.xml -               | babble publish: - cannot be combined with files (see babble publish --help)
            read --count 0                  | babble read: --count must be at least 1, not 0 (see babble read --help)
            prompt x --timeout -1           | babble prompt: --timeout must be at least 1 second, not -1 (see babble prompt --help)
            prompt x --temperature 11       | babble prompt: temperature must be 0 to 10 (see babble prompt --help)
            prompt x --top-k -1 --top-p 2   | babble prompt: topK must be 0 to 1000000; topP must be above 0 and at most 1 (see babble prompt --help)
            read -Dbabble.backend=cuda      | babble read: -Dbabble.backend has no effect here: omit it (this command uses only babble.kafka-config, babble.kafka., babble.topics.)
            export --from x                 | babble export: Missing required option: '--to=FILE' (see babble export --help)
            export --from x --to m.bin      | babble export: --to must end in .babble or .safetensors, not m.bin (see babble export --help)
            export --from x --to no/m.babble | babble export: --to: cannot write a file at no/m.babble (see babble export --help)
            import --from x --to pom.xml    | babble import: pom.xml exists already: choose a new or empty folder with --to
            read babble.kafka.ssl.key.password=hunter2 | babble read: Unmatched argument at index 1: 'babble.kafka.ssl.key.password … (see babble read --help)
            read -Dbabble.kafka.ssl.key.password:hunter2 | babble read: Value for option option '-D' (KEY=VALUE) should be in KEY=VALUE format but was babble.kafka.ssl.key.password … (see babble read --help)
            prompt x --length some          | babble prompt: Invalid value for option '--length': 'some' is not an int (see babble prompt --help)
            """)
    void invalidUsageHasExitCode2AndOneLineOnStderr(String call, String error) {
        CommandResult result = CommandResult.babble(call.isEmpty() ? new String[0] : call.split(" ", -1));
        assertThat(result.err().strip()).isEqualTo(error);
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
    }

    @Test
    void aNameThatTheJobRefusesIsNotPublished() {
        String longest = "é".repeat(512);
        CommandResult refused = CommandResult.babble("publish", "pom.xml", "--key", longest, "--streams", "2");
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err().strip())
                .isEqualTo("babble publish: A stream's name must not be longer than 1024 bytes: choose a shorter --key"
                        + " (see babble publish --help)");
        assertThat(CommandResult.babble("publish", "nothing.txt", "--key", longest)
                        .err())
                .contains("Cannot read nothing.txt");
    }

    @Test
    void aFailureHasExitCode1AndOneLineOnStderr() {
        CommandResult file = CommandResult.babble("publish", "nothing.txt");
        assertThat(file.exitCode()).isEqualTo(1);
        assertThat(file.err().lines())
                .containsExactly("babble publish: Cannot read nothing.txt: it is not a file, or permission is denied");

        assertThat(CommandResult.babble("inspect", "nothing").err().lines())
                .containsExactly("babble inspect: There is neither a model nor a savepoint at nothing");
        assertThat(CommandResult.babble("export", "--savepoint", "src", "--to", "m.babble")
                        .err()
                        .lines())
                .containsExactly("babble export: There is no savepoint in src: the folder of one has a file _metadata");

        CommandResult servers = CommandResult.babble("read", "--bootstrap-servers", "nonsense");
        assertThat(servers.exitCode()).isEqualTo(1);
        assertThat(servers.err().lines()).hasSize(1).allMatch(line -> line.contains("nonsense"));
    }

    @Test
    void namesABrokerThatDoesNotAnswerAfterTheTimeout() {
        for (List<String> call :
                List.of(List.of("publish", "pom.xml"), List.of("read"), List.of("prompt", "x"), List.of("topics"))) {
            String[] args = new String[call.size() + 4];
            call.toArray(args);
            args[call.size()] = "--bootstrap-servers";
            args[call.size() + 1] = NO_BROKER;
            args[call.size() + 2] = "-Dbabble.kafka.default.api.timeout.ms=300";
            args[call.size() + 3] = "-Dbabble.kafka.request.timeout.ms=200";
            CommandResult result = CommandResult.babble(args);
            assertThat(result.err().strip())
                    .isEqualTo(String.format(
                            Locale.ROOT,
                            "babble %s: No Kafka broker answers at %s: start one (babble demo includes one), or choose"
                                    + " another one with --bootstrap-servers; one with TLS or SASL needs"
                                    + " security.protocol (babble.kafka-config or babble.kafka.*)",
                            call.get(0),
                            NO_BROKER));
            assertThat(result.exitCode()).isEqualTo(1);
        }
    }

    @Test
    void printsTheStackTraceOnlyWithDebug() {
        assertThat(CommandResult.babble("publish", "nothing.txt", "--debug").err())
                .contains("\tat io.babble.cli.");
        assertThat(CommandResult.babble("--debug", "publish", "nothing.txt").err())
                .contains("\tat io.babble.cli.");
    }
}

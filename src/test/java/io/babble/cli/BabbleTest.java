package io.babble.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BabbleTest {
    private static final String NOBODY = "127.0.0.1:1";

    @Test
    void helpsAndSaysItsVersion() {
        assertThat(Ran.babble("--help").exitCode()).isZero();
        assertThat(Ran.babble("--help").out()).contains("publish", "read", "prompt");
        assertThat(Ran.babble("publish", "--help").out()).contains("--streams", "--bootstrap-servers");
        assertThat(Ran.babble("--version").out()).startsWith("babble ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            ''                              | babble: Missing required subcommand (babble --help tells more)
            publish                         | babble publish: Missing required parameter: 'FILE' (babble publish --help tells more)
            publish --streams 0 pom.xml     | babble publish: --streams must be at least 1 (babble publish --help tells more)
            publish --rate -1 pom.xml       | babble publish: --rate must not be negative (babble publish --help tells more)
            publish --record-bytes 0 x      | babble publish: --record-bytes must be 1 to 1000000 (babble publish --help tells more)
            publish --streams 2 -           | babble publish: - cannot be cut into streams: its length is not known (babble publish --help tells more)
            publish pom.xml -               | babble publish: - cannot be mixed with files (babble publish --help tells more)
            prompt x --temperature 11       | babble prompt: temperature must be 0 to 10 (babble prompt --help tells more)
            prompt x --top-k -1 --top-p 2   | babble prompt: topK must be 0 to 1000000; topP must be above 0 and at most 1 (babble prompt --help tells more)
            read -Dbabble.backend=cuda      | babble read: -Dbabble.backend does nothing here: leave it out (only babble.kafka.* and babble.topics.* are known)
            export --from x                 | babble export: Missing required option: '--to=FILE' (babble export --help tells more)
            export --from x --to m.bin      | babble export: --to must end in .babble or .safetensors, unlike m.bin (babble export --help tells more)
            export --from x --to no/m.babble | babble export: --to: no file can be written at no/m.babble (babble export --help tells more)
            import --from x --to pom.xml    | babble import: There is something at pom.xml already: name a new folder with --to
            prompt x --length some          | babble prompt: Invalid value for option '--length': 'some' is not an int (babble prompt --help tells more)
            """)
    void aWrongCallIsTwoAndOneLine(String call, String error) {
        Ran ran = Ran.babble(call.isEmpty() ? new String[0] : call.split(" ", -1));
        assertThat(ran.err().strip()).isEqualTo(error);
        assertThat(ran.exitCode()).isEqualTo(2);
        assertThat(ran.out()).isEmpty();
    }

    @Test
    void aFailureIsOneAndOneLine() {
        Ran file = Ran.babble("publish", "nothing.txt");
        assertThat(file.exitCode()).isEqualTo(1);
        assertThat(file.err().lines())
                .containsExactly("babble publish: Cannot read nothing.txt: it is not a file, or permission is denied");

        assertThat(Ran.babble("inspect", "nothing").err().lines())
                .containsExactly("babble inspect: There is neither a model nor a savepoint at nothing");
        assertThat(Ran.babble("export", "--savepoint", "src", "--to", "m.babble")
                        .err()
                        .lines())
                .containsExactly("babble export: There is no savepoint in src: the folder of one has a file _metadata");

        Ran servers = Ran.babble("read", "--bootstrap-servers", "nonsense");
        assertThat(servers.exitCode()).isEqualTo(1);
        assertThat(servers.err().lines()).hasSize(1).allMatch(line -> line.contains("nonsense"));
    }

    @Test
    void aBrokerThatIsNotThereIsNamedAfterAShortWhile() {
        for (List<String> call : List.of(List.of("publish", "pom.xml"), List.of("read"), List.of("prompt", "x"))) {
            String[] args = new String[call.size() + 4];
            call.toArray(args);
            args[call.size()] = "--bootstrap-servers";
            args[call.size() + 1] = NOBODY;
            args[call.size() + 2] = "-Dbabble.kafka.default.api.timeout.ms=300";
            args[call.size() + 3] = "-Dbabble.kafka.request.timeout.ms=200";
            Ran ran = Ran.babble(args);
            assertThat(ran.err().strip())
                    .isEqualTo(String.format(
                            Locale.ROOT,
                            "babble %s: No Kafka broker answers at %s: start one (babble demo includes one), or choose"
                                    + " another one with --bootstrap-servers",
                            call.get(0),
                            NOBODY));
            assertThat(ran.exitCode()).isEqualTo(1);
        }
    }

    @Test
    void theStackTraceIsForThoseWhoAsk() {
        assertThat(Ran.babble("publish", "nothing.txt", "--debug").err()).contains("\tat io.babble.cli.");
        assertThat(Ran.babble("--debug", "publish", "nothing.txt").err()).contains("\tat io.babble.cli.");
    }
}

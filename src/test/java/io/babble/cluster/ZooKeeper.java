package io.babble.cluster;

import io.babble.JavaProcess;
import io.babble.embedded.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.runtime.zookeeper.FlinkZooKeeperQuorumPeer;

/** What a cluster of Flink remembers its jobs by when the JobManager is gone. */
final class ZooKeeper implements AutoCloseable {
    private final int port = Ports.free(0, "ZooKeeper");
    private final JavaProcess process;

    ZooKeeper(Path folder) {
        Path configuration = folder.resolve("zoo.cfg");
        try {
            Files.createDirectories(folder);
            Files.write(
                    configuration,
                    List.of(
                            "dataDir=" + folder.resolve("data"),
                            "clientPort=" + port,
                            "clientPortAddress=127.0.0.1",
                            "tickTime=1000",
                            "admin.enableServer=false"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        process = JavaProcess.start(
                        folder.resolve("zookeeper"),
                        JavaProcess.classPath(),
                        JavaProcess.quickToStart("-Xmx128m"),
                        List.of(
                                FlinkZooKeeperQuorumPeer.class.getName(),
                                "--zkConfigFile",
                                configuration.toString(),
                                "--peerId",
                                "1"))
                .awaitListening(port);
    }

    String quorum() {
        return "127.0.0.1:" + port;
    }

    @Override
    public void close() {
        process.close();
    }
}

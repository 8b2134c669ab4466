package judge;

import static judge.Checks.check;
import static judge.Checks.equal;
import static judge.Checks.refused;
import static judge.Checks.that;

import com.aliyun.odps.Odps;
import com.aliyun.odps.PartitionSpec;
import com.aliyun.odps.data.ArrowRecordReader;
import com.aliyun.odps.data.Record;
import com.aliyun.odps.data.RecordReader;
import com.aliyun.odps.data.RecordWriter;
import com.aliyun.odps.task.SQLTask;
import com.aliyun.odps.tunnel.TableTunnel;
import com.aliyun.odps.tunnel.io.CompressOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.arrow.vector.VectorSchemaRoot;

/** Rows by the Java SDK's Tunnel: records and Arrow, every scalar type, blocks, ranges, compression. */
final class TunnelSuite {
  private TunnelSuite() {}

  static void run(Odps odps) {
    TableTunnel tunnel = odps.tableTunnel();
    String project = odps.getDefaultProject();
    check("every scalar type by records, both ways", () -> {
      make(odps, "java_scalars", Rows.COLUMNS);
      TableTunnel.UploadSession upload = tunnel.createUploadSession(project, "java_scalars");
      try (RecordWriter writer = upload.openRecordWriter(0)) {
        for (List<Object> row : Rows.ALL) {
          Record record = upload.newRecord();
          for (int column = 0; column < Rows.WIDTH; column++) record.set(column, row.get(column));
          writer.write(record);
        }
      }
      upload.commit(new Long[] {0L});
      List<String> found = read(tunnel, project, "java_scalars", new CompressOption(CompressOption.CompressAlgorithm.ODPS_RAW, 0, 0));
      for (int row = 0; row < Rows.ALL.size(); row++) {
        List<String> wanted = new ArrayList<>();
        for (Object value : Rows.ALL.get(row)) wanted.add(Rows.shown(value));
        equal(found.get(row), String.join(" | ", wanted));
      }
    });
    check("the same rows by Arrow", () -> {
      TableTunnel.DownloadSession download = tunnel.createDownloadSession(project, "java_scalars");
      int rows = 0;
      try (ArrowRecordReader reader = download.openArrowRecordReader(0, download.getRecordCount())) {
        for (VectorSchemaRoot batch = reader.read(); batch != null; batch = reader.read()) {
          equal(batch.getVector("a_big").getObject(0), -9223372036854775807L);
          equal(batch.getVector("a_string").getObject(0).toString(), Rows.ALL.get(0).get(8));
          equal(batch.getVector("a_decimal").getObject(0), Rows.ALL.get(0).get(6));
          that(batch.getVector("a_date").isNull(2), "NULL is a value");
          rows += batch.getRowCount();
        }
      }
      equal(rows, 3);
    });
    check("12,000 rows in blocks by a buffered writer; ranges and columns of them", () -> {
      make(odps, "java_many", "id bigint, words string");
      TableTunnel.UploadSession upload = tunnel.createUploadSession(project, "java_many");
      try (RecordWriter writer = upload.openBufferedWriter()) {
        Record record = upload.newRecord();
        for (long id = 0; id < 12_000; id++) {
          record.setBigint(0, id);
          record.setString(1, "row " + id);
          writer.write(record);
        }
      }
      upload.commit();
      TableTunnel.DownloadSession download = tunnel.createDownloadSession(project, "java_many");
      equal(download.getRecordCount(), 12_000L);
      long sum = 0;
      for (long start = 0; start < 12_000; start += 5_000) {
        long count = Math.min(5_000, 12_000 - start);
        try (RecordReader reader = download.openRecordReader(start, count, false, List.of(download.getSchema().getColumn("id")))) {
          for (Record record = reader.read(); record != null; record = reader.read()) sum += record.getBigint("id");
        }
      }
      equal(sum, 12_000L * 11_999 / 2);
    });
    compressions(odps, tunnel, project);
    partitions(odps, tunnel, project);
  }

  private static void compressions(Odps odps, TableTunnel tunnel, String project) {
    for (CompressOption.CompressAlgorithm algorithm :
        List.of(
            CompressOption.CompressAlgorithm.ODPS_ZLIB,
            CompressOption.CompressAlgorithm.ODPS_SNAPPY,
            CompressOption.CompressAlgorithm.ODPS_ZSTD,
            CompressOption.CompressAlgorithm.ODPS_LZ4_FRAME)) {
      check("compression " + algorithm + ", both ways", () -> {
        CompressOption option = new CompressOption(algorithm, 1, 0);
        make(odps, "java_packed", "id bigint, words string");
        TableTunnel.UploadSession upload = tunnel.createUploadSession(project, "java_packed");
        List<String> wanted = new ArrayList<>();
        try (RecordWriter writer = upload.openRecordWriter(0, option)) {
          for (long id = 0; id < 3_000; id++) {
            Record record = upload.newRecord();
            record.setBigint(0, id);
            record.setString(1, "text ".repeat((int) (id % 7)));
            writer.write(record);
            wanted.add(Rows.shown(record));
          }
        }
        upload.commit(new Long[] {0L});
        List<String> found = read(tunnel, project, "java_packed", option);
        Collections.sort(found);
        Collections.sort(wanted);
        equal(found, wanted);
      });
    }
  }

  private static void partitions(Odps odps, TableTunnel tunnel, String project) {
    check("a partition that the upload makes, and its overwriting", () -> {
      SQLTask.run(odps, "drop table if exists java_by_day;").waitForSuccess();
      SQLTask.run(odps, "create table java_by_day (id bigint) partitioned by (dt string);").waitForSuccess();
      PartitionSpec day = new PartitionSpec("dt='20240101'");
      refused(() -> tunnel.createUploadSession(project, "java_by_day", day));
      odps.tables().get("java_by_day").createPartition(day);
      for (long id : new long[] {1, 2}) {
        TableTunnel.UploadSession upload = tunnel.createUploadSession(project, "java_by_day", day, true);
        try (RecordWriter writer = upload.openRecordWriter(0)) {
          Record record = upload.newRecord();
          record.setBigint(0, id);
          writer.write(record);
        }
        upload.commit(new Long[] {0L});
      }
      TableTunnel.DownloadSession download = tunnel.createDownloadSession(project, "java_by_day", day);
      equal(download.getRecordCount(), 1L);
      try (RecordReader reader = download.openRecordReader(0, 1)) {
        equal(reader.read().getBigint(0), 2L);
      }
    });
    check("a streaming upload is there once it was flushed", () -> {
      make(odps, "java_streamed", "id bigint, words string");
      TableTunnel.StreamUploadSession stream = tunnel.buildStreamUploadSession(project, "java_streamed").build();
      TableTunnel.StreamRecordPack pack = stream.newRecordPack();
      for (long id = 0; id < 10; id++) {
        Record record = stream.newRecord();
        record.setBigint(0, id);
        record.setString(1, "row " + id);
        pack.append(record);
      }
      pack.flush();
      equal(tunnel.createDownloadSession(project, "java_streamed").getRecordCount(), 10L);
    });
  }

  /** The table, empty and new. */
  static void make(Odps odps, String table, String columns) throws Exception {
    SQLTask.run(odps, "drop table if exists " + table + ";").waitForSuccess();
    SQLTask.run(odps, "create table " + table + " (" + columns + ");").waitForSuccess();
  }

  static List<String> read(TableTunnel tunnel, String project, String table, CompressOption option) throws Exception {
    TableTunnel.DownloadSession download = tunnel.createDownloadSession(project, table);
    List<String> rows = new ArrayList<>();
    try (RecordReader reader = download.openRecordReader(0, download.getRecordCount(), option)) {
      for (Record record = reader.read(); record != null; record = reader.read()) rows.add(Rows.shown(record));
    }
    return rows;
  }
}

package judge;

import static judge.Checks.check;
import static judge.Checks.equal;
import static judge.Checks.refused;
import static judge.Checks.that;

import com.aliyun.odps.Column;
import com.aliyun.odps.Instance;
import com.aliyun.odps.NoSuchObjectException;
import com.aliyun.odps.Odps;
import com.aliyun.odps.OdpsException;
import com.aliyun.odps.Partition;
import com.aliyun.odps.PartitionSpec;
import com.aliyun.odps.Table;
import com.aliyun.odps.TableSchema;
import com.aliyun.odps.data.Record;
import com.aliyun.odps.task.SQLTask;
import com.aliyun.odps.type.TypeInfoFactory;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Tables, partitions, SQL and instances as the Java SDK sees them; then the Tunnel. */
public final class Suite {
  private Suite() {}

  public static void main(String[] arguments) throws Exception {
    if (arguments.length > 0) {
      Exchange.run(Cloud.client(false), arguments[0], arguments[1], arguments[2]);
      return;
    }
    for (boolean v4 : new boolean[] {false, true}) signatures(v4);
    Odps odps = Cloud.client(false);
    tables(odps);
    sql(odps);
    TunnelSuite.run(odps);
  }

  private static void signatures(boolean v4) {
    String name = v4 ? "V4" : "V2";
    check(name + ": a table is made, found, listed, described and dropped", () -> {
      Odps odps = Cloud.client(v4);
      String table = "java_" + name.toLowerCase();
      TableSchema schema = new TableSchema();
      schema.addColumn(new Column("id", TypeInfoFactory.BIGINT, "the 'id'"));
      schema.addColumn(new Column("words", TypeInfoFactory.STRING));
      schema.addPartitionColumn(new Column("dt", TypeInfoFactory.STRING));
      that(!odps.tables().exists(table), "it exists already");
      odps.tables().newTableCreator(odps.getDefaultProject(), table, schema).withLifeCycle(7L).create();
      that(odps.tables().exists(table), "it does not exist");
      Table made = odps.tables().get(table);
      equal(made.getSchema().getColumns().size(), 2);
      equal(made.getSchema().getColumn("id").getComment(), "the 'id'");
      equal(made.getSchema().getPartitionColumns().get(0).getName(), "dt");
      equal(made.getLife(), 7L);
      that(made.getOwner() != null && made.getCreatedTime() != null, "no owner or time");
      Set<String> listed = new HashSet<>();
      for (Table one : odps.tables()) listed.add(one.getName());
      that(listed.contains(table), "it is not listed");
      odps.tables().delete(table);
      that(!odps.tables().exists(table), "it still exists");
    });
    check(name + ": a wrong secret is refused", () -> {
      Exception error = refused(() -> Cloud.client(v4, "not-the-secret").tables().get("any").reload());
      that(String.valueOf(error).contains("ignature"), String.valueOf(error));
    });
  }

  private static void tables(Odps odps) {
    check("a missing table is NoSuchObject; the project has its facts", () -> {
      that(refused(() -> odps.tables().get("no_such_table").reload()) instanceof NoSuchObjectException, "another error");
      that(odps.projects().exists(odps.getDefaultProject()), "no project");
      that(!odps.projects().exists("no_such_project"), "another project");
      that(odps.projects().get().getOwner() != null, "no owner");
    });
    check("partitions are made, found, listed and dropped", () -> {
      TableSchema schema = new TableSchema();
      schema.addColumn(new Column("id", TypeInfoFactory.BIGINT));
      schema.addPartitionColumn(new Column("dt", TypeInfoFactory.STRING));
      schema.addPartitionColumn(new Column("hour", TypeInfoFactory.BIGINT));
      odps.tables().newTableCreator(odps.getDefaultProject(), "java_parted", schema).ifNotExists().create();
      Table table = odps.tables().get("java_parted");
      for (int hour = 0; hour < 3; hour++) {
        table.createPartition(new PartitionSpec("dt='20240101',hour='" + hour + "'"), true);
      }
      equal(table.getPartitions().size(), 3);
      PartitionSpec last = new PartitionSpec("dt='20240101',hour='2'");
      that(table.hasPartition(last), "the partition is not found");
      Partition partition = table.getPartition(last);
      partition.reload();
      that(partition.getCreatedTime() != null, "no time");
      table.deletePartition(last, true);
      that(!table.hasPartition(last), "the partition is still there");
      that(table.getPartitionSpecs().size() == 2, "other specs");
    });
  }

  private static void sql(Odps odps) {
    check("SQL: DDL, INSERT and a SELECT as CSV and by the tunnel", () -> {
      SQLTask.run(odps, "drop table if exists java_sql;").waitForSuccess();
      SQLTask.run(odps, "create table java_sql (id bigint, words string, amount double);").waitForSuccess();
      SQLTask.run(odps, "insert into java_sql values (1, 'one, \"two\"', 1.5), (2, null, null);").waitForSuccess();
      Instance instance = SQLTask.run(odps, "select id, words, amount from java_sql order by id limit 10;");
      instance.waitForSuccess();
      List<Record> csv = SQLTask.getResult(instance);
      equal(csv.size(), 2);
      equal(csv.get(0).getString("words"), "one, \"two\"");
      List<Record> rows = SQLTask.getResultByInstanceTunnel(instance);
      equal(rows.size(), 2);
      equal(rows.get(0).getBigint("id"), 1L);
      equal(rows.get(0).getDouble("amount"), 1.5);
      equal(rows.get(1).getString("words"), null);
    });
    check("an instance tells its state, tasks and source, and is listed", () -> {
      Instance instance = SQLTask.run(odps, "select 1;");
      instance.waitForSuccess();
      equal(instance.getStatus(), Instance.Status.TERMINATED);
      that(instance.isSuccessful(), "not successful");
      for (Map.Entry<String, Instance.TaskStatus> task : instance.getTaskStatus().entrySet()) {
        equal(task.getValue().getStatus(), Instance.TaskStatus.Status.SUCCESS);
      }
      that(instance.getTasks().size() == 1, "not one task");
      that(instance.getStartTime() != null && instance.getEndTime() != null, "no times");
      that(odps.instances().exists(instance.getId()), "it does not exist");
      that(!odps.instances().exists("20200101000000000gnosuch"), "another one exists");
      List<String> listed = new ArrayList<>();
      for (Instance one : odps.instances()) {
        listed.add(one.getId());
        if (listed.size() > 200) break;
      }
      that(listed.contains(instance.getId()), "it is not listed");
      that(odps.logview().generateLogView(instance, 24).contains("token="), "no log address");
    });
    check("SQL that is wrong fails with its code", () -> {
      Instance missing = SQLTask.run(odps, "select * from no_such_table;");
      Exception error = refused(missing::waitForSuccess);
      that(error instanceof OdpsException && error.getMessage().contains("ODPS-0130131"), String.valueOf(error));
      Exception wrong = refused(() -> SQLTask.run(odps, "selekt 1;").waitForSuccess());
      that(wrong.getMessage().contains("ODPS-0130161"), String.valueOf(wrong));
    });
  }
}

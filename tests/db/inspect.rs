//! What the databases say of themselves.

use workwarden::db::{ColType, inspect};

use super::on_each;

#[test]
fn tables_columns_indexes() {
    on_each(|db| {
        let d = db.dialect();
        let mut conn = db.conn();
        let types =
            [ColType::Bool, ColType::Int, ColType::Float, ColType::Text, ColType::DateTime, ColType::Json];
        let columns: Vec<_> =
            types.iter().enumerate().map(|(i, t)| format!("c{i} {} NOT NULL", d.column_type(*t))).collect();
        conn.batch(&format!(
            "CREATE TABLE b (id {}, x int UNIQUE, {}); CREATE TABLE a (id int); CREATE INDEX b_c1 ON b (c1)",
            d.serial_primary_key(),
            columns.join(", ")
        ))
        .unwrap();
        assert_eq!(inspect::tables(&mut conn).unwrap(), ["a", "b"]);
        assert_eq!(inspect::indexes(&mut conn, "b").unwrap(), ["b_c1"]);
        let columns = inspect::columns(&mut conn, "b").unwrap();
        assert!(columns[0].name == "id" && columns[0].required && !columns[1].required);
        for (column, t) in columns[2..].iter().zip(types) {
            assert_eq!(column.declared, d.column_type(t).to_lowercase());
            assert!(column.required);
        }
        assert!(inspect::columns(&mut conn, "nowhere").unwrap().is_empty());
    });
}

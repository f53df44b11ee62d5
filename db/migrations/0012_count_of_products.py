"""Add an index by which the products that are not deleted are counted."""


def up(migrator, db):
    db.execute_sql("CREATE INDEX product_deleted ON product ((deleted_at IS NOT NULL))")
